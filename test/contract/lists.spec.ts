import { expect } from '@jest/globals';
import { eventually } from '#test/support/eventually.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const LISTS = ['/v3/paths/list', '/v3/config/paths/list'] as const;
const COUNT = 150;

const filePaths = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index): [string, Json] => [`listed/${index}`, {}]),
);

onEveryTarget(({ it, use }) => {
  const empty = use();
  const full = use({ filePaths });

  for (const list of LISTS) {
    it(`answers ${list} of an empty server with no page and an empty array`, async () => {
      const { api } = empty();
      expect((await api.get(list)).text).toBe('{"itemCount":0,"pageCount":0,"items":[]}');
    });

    it(`gives a hundred items of ${list} unless told otherwise`, async () => {
      const { json } = await full().api.get(list);
      expect(json).toMatchObject({ itemCount: COUNT, pageCount: 2 });
      expect(json['items']).toHaveLength(100);
    });

    it(`gives all items of ${list} in one big page, sorted by name`, async () => {
      const { api } = full();
      const { json } = await api.get(`${list}?itemsPerPage=1000000`);
      expect(json).toMatchObject({ itemCount: COUNT, pageCount: 1 });
      expect(await api.names(list)).toEqual(Object.keys(filePaths).sort());
    });

    it(`gives no item of ${list} beyond the last page, with the counts unchanged`, async () => {
      const { json } = await full().api.get(`${list}?itemsPerPage=10&page=99`);
      expect(json).toEqual({ itemCount: COUNT, pageCount: 15, items: [] });
    });

    it(`cuts the last page of ${list} short`, async () => {
      const { json } = await full().api.get(`${list}?itemsPerPage=60&page=2`);
      expect(json['pageCount']).toBe(3);
      expect(json['items']).toHaveLength(30);
    });

    it(`refuses pages of ${list} that are no numbers`, async () => {
      const { api } = full();
      const refusal = async (query: string): Promise<unknown> => {
        const answer = await api.get(`${list}?${query}`);
        expect(answer.status).toBe(400);
        return answer.error;
      };
      expect(await refusal('itemsPerPage=0')).toBe('invalid items per page');
      const invalid = (text: string): string =>
        `strconv.ParseUint: parsing "${text}": invalid syntax`;
      expect(await refusal('page=x')).toBe(invalid('x'));
      expect(await refusal('page=-1')).toBe(invalid('-1'));
      expect(await refusal('itemsPerPage=1.5')).toBe(invalid('1.5'));
      expect(await refusal('itemsPerPage=2147483648')).toBe(
        'strconv.ParseUint: parsing "2147483648": value out of range',
      );
    });
  }

  it('leaves no item out while paths come and go', async () => {
    const { api } = empty();
    await Promise.all([api.add('come/one', {}), api.add('come/two', {})]);
    await eventually(async () => {
      const { json } = await api.get('/v3/paths/list?itemsPerPage=100000');
      expect(json['itemCount']).toBe(2);
      expect(json['items']).toHaveLength(2);
    });
    await Promise.all([api.remove('come/one'), api.remove('come/two')]);
    await eventually(async () => expect(await api.names()).toEqual([]));
  });
});
