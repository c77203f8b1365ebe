/* A yardstick: the event loop of the compiled engine by hand, in plain C.

   It keeps the rules of docs/engine.md (rule numbers as there) and returns, bit by bit, the times that
   sim/engine/loop.py returns. Unlike it, it takes no more than 64 stages, resources and counts, so that a stage is a
   bit and all of an entity lies in one cache line. Nothing of Siap uses it but `python -m benchmarks`. */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY, LEAVE, SKIP };            /* as in sim/engine/plan.py */
enum { CUT, DRAINED, NO_MEMORY };       /* how a run ends */
enum { MOST = 64, FEW = 24 };

#define BIT(i) (UINT64_C(1) << (i))
#define EACH(i, rest) (uint64_t left_ = (rest); left_ && ((i) = (uint32_t)__builtin_ctzll(left_), true); left_ &= left_ - 1)

/* The plan as Python has it: all whole numbers int64. */
typedef struct {
    int64_t entities, stages, clusters, counts, resources, widest, cells, head_of_line;
    double horizon;
    const int64_t *first_entity, *cluster_of, *column, *base, *capacity, *needs, *priority, *limit, *bound;
    const int8_t *on_fail;
    const bool *on_cluster, *given;
    const int64_t *redo_start, *redo, *own_before_start, *own_before, *cluster_before_start, *cluster_before;
    const int64_t *counts_before_start, *counts_before, *own_after_start, *own_after;
    const int64_t *cluster_after_start, *cluster_after, *counts_after_start, *counts_after, *counted, *count_need;
} Plan;

typedef struct { uint32_t resource, places; } Need;

typedef struct {                        /* what never changes in a run */
    uint64_t own_before, cluster_before, counts_before, own_after, cluster_after, redo, needed;
    int64_t priority, limit;
    uint32_t column, need_count;
    Need *needs;
    uint8_t on_fail;
    bool on_cluster, is_counted;
} Stage;

typedef struct {
    uint64_t passed, busy, again, dead; /* a bit for each stage */
    double departed;
    uint32_t cluster, head, base;
} Entity;

typedef struct { uint64_t latched; uint32_t first, end; int64_t present; bool is_changed; } Cluster;

typedef struct { double day; uint32_t entity; uint16_t stage, attempt; } Item;

typedef struct { Item *items; uint32_t first, count, room; } Line; /* a ring; its room is a power of two */

typedef struct { void *items; size_t count, room, width; } List;

typedef struct {
    Plan plan;
    Stage stages[MOST];
    uint64_t wanting[MOST];             /* of each resource: stages that need it */
    int64_t free[MOST];
    Line lines[MOST];                   /* of each stage */
    uint64_t in_line, dirty;            /* stages with requests; those among them that may have become grantable */
    bool stirred;
    Entity *entities;
    Cluster *clusters;
    int64_t *past;                      /* [cluster, stage] */
    uint16_t *used;                     /* [entity, stage] */
    uint32_t *changed, changed_count;
    Item *heap;                         /* four below each; the first four below begin a cache line */
    void *heap_block;
    uint32_t busy, heap_room;
    List turns, fresh;                  /* entity << 8 | stage; stage << 32 | entity */
    bool failed;                        /* out of memory */
} Loop;

/* ── lists that grow ─────────────────────────────────────────────────────────────────────────────── */

static void add(Loop *l, List *list, uint64_t item) {
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 1024;
        void *items = realloc(list->items, room * sizeof(uint64_t));
        if (!items) { l->failed = true; return; }
        list->items = items, list->room = room;
    }
    ((uint64_t *)list->items)[list->count++] = item;
}

static bool grow_heap(Loop *l) {
    uint32_t room = l->heap_room ? 2 * l->heap_room : 1024;
    void *block = aligned_alloc(64, (room + 4) * sizeof(Item));
    if (!block) { l->failed = true; return false; }
    Item *heap = (Item *)block + 3;     /* items 1 to 4 share a cache line, 5 to 8 the next */
    if (l->heap) memcpy(heap, l->heap, l->busy * sizeof(Item));
    free(l->heap_block);
    l->heap_block = block, l->heap = heap, l->heap_room = room;
    return true;
}

static void reserve(Loop *l, Line *line, uint32_t count) {
    if (count <= line->room) return;
    uint32_t room = line->room ? line->room : 16;
    while (room < count) room *= 2;
    Item *items = malloc(room * sizeof(Item));
    if (!items) { l->failed = true; return; }
    for (uint32_t i = 0; i < line->count; i++) items[i] = line->items[(line->first + i) & (line->room - 1)];
    free(line->items);
    line->items = items, line->first = 0, line->room = room;
}

/* ── the heap of what is in service, by the day on which it ends ─────────────────────────────────── */

static inline void push(Loop *l, Item item) {
    if (l->busy == l->heap_room && !grow_heap(l)) return;
    Item *heap = l->heap;
    uint32_t at = l->busy++;
    while (at) {
        uint32_t above = (at - 1) / 4;
        if (heap[above].day <= item.day) break;
        heap[at] = heap[above], at = above;
    }
    heap[at] = item;
}

static inline Item pop(Loop *l) {
    Item *heap = l->heap, first = heap[0];
    uint32_t last = --l->busy, at = 0, below = 1;
    Item item = heap[last];
    while (below + 3 < last) {          /* all four are there */
        uint32_t a = below + (heap[below + 1].day < heap[below].day);
        uint32_t b = below + 2 + (heap[below + 3].day < heap[below + 2].day);
        uint32_t least = heap[b].day < heap[a].day ? b : a;
        if (heap[least].day >= item.day) goto done;
        heap[at] = heap[least], at = least, below = 4 * at + 1;
    }
    if (below < last) {
        uint32_t least = below;
        for (uint32_t i = below + 1; i < last; i++) if (heap[i].day < heap[least].day) least = i;
        if (heap[least].day < item.day) heap[at] = heap[least], at = least;
    }
done:
    heap[at] = item;
    return first;
}

/* ── what the end of an attempt changes ──────────────────────────────────────────────────────────── */

static inline void look(Loop *l, uint32_t entity, uint32_t stage) { add(l, &l->turns, (uint64_t)entity << 8 | stage); }

static void look_at(Loop *l, const Cluster *cluster, uint32_t stage) {
    if (l->stages[stage].on_cluster) { look(l, cluster->first, stage); return; }
    for (uint32_t entity = cluster->first + 1; entity < cluster->end; entity++) look(l, entity, stage);
}

static inline void tally(Loop *l, uint32_t number, uint32_t stage, int change) {
    l->past[number * l->plan.stages + stage] += change;
    if (!l->clusters[number].is_changed) l->clusters[number].is_changed = true, l->changed[l->changed_count++] = number;
}

static void depart(Loop *l, Entity *who, double now) { /* rule 10 */
    who->departed = now;
    l->clusters[who->cluster].present--;
    l->stirred = true;
    uint32_t s;
    for EACH(s, who->passed) if (l->stages[s].is_counted) tally(l, who->cluster, s, -1);
    if (!l->clusters[who->cluster].is_changed)
        l->clusters[who->cluster].is_changed = true, l->changed[l->changed_count++] = who->cluster;
}

static void fail(Loop *l, Entity *who, uint32_t entity, uint32_t stage, double now) { /* rules 8 and 9, A4 */
    const Stage *stages = l->stages;
    const bool stays = who->departed == INFINITY;
    const bool *given = l->plan.given + who->cluster * l->plan.stages;
    const uint16_t *used = l->used + (size_t)entity * l->plan.stages;
    bool final = stages[stage].on_fail == LEAVE;
    uint32_t s;
    for EACH(s, stages[stage].redo) final |= !given[s] && used[s] >= stages[s].limit;
    if (final) {
        if (who->head == entity) who->dead |= BIT(stage);
        else if (stays) depart(l, who, now);
        return;
    }
    for EACH(s, stages[stage].redo) {
        if (given[s]) continue;         /* A10 */
        if (who->passed & BIT(s) && stages[s].is_counted && stays) tally(l, who->cluster, s, -1);
        who->passed &= ~BIT(s);
        who->again = (who->again & ~BIT(s)) | (who->busy & BIT(s)); /* A3 */
        look(l, entity, s);
    }
}

static inline void end(Loop *l, Item item, double now, const bool *passed, double *finished) {
    const Stage *stage = &l->stages[item.stage];
    Entity *who = &l->entities[item.entity];
    const uint64_t bit = BIT(item.stage);
    const size_t cell = (size_t)who->base + stage->column + item.attempt;
    finished[cell] = now;
    for (uint32_t i = 0; i < stage->need_count; i++) {
        l->free[stage->needs[i].resource] += stage->needs[i].places;
        l->dirty |= l->wanting[stage->needs[i].resource];
        l->stirred = true;
    }
    const uint64_t again = who->again & bit;
    who->busy &= ~bit, who->again &= ~bit;
    if (who->departed < now) return;    /* rule 10, A9 */
    if (!passed[cell] && stage->on_fail != SKIP) { fail(l, who, item.entity, item.stage, now); return; }
    if (again) { look(l, item.entity, item.stage); return; }
    who->passed |= bit;
    if (stage->is_counted && who->departed == INFINITY) tally(l, who->cluster, item.stage, 1);
    uint32_t s;
    for EACH(s, stage->own_after) look(l, item.entity, s);
    for EACH(s, stage->cluster_after) look_at(l, &l->clusters[who->cluster], s);
}

/* ── one round of an instant ─────────────────────────────────────────────────────────────────────── */

static void latch(Loop *l) {            /* rule 11 */
    const Plan *p = &l->plan;
    for (uint32_t k = 0; k < l->changed_count; k++) {
        Cluster *cluster = &l->clusters[l->changed[k]];
        const int64_t *past = l->past + (size_t)l->changed[k] * p->stages;
        cluster->is_changed = false;
        for (int64_t c = 0; c < p->counts; c++) {
            if (cluster->latched & BIT(c) || past[p->counted[c]] < p->count_need[c * p->widest + cluster->present]) continue;
            cluster->latched |= BIT(c);
            for (int64_t i = p->counts_after_start[c]; i < p->counts_after_start[c + 1]; i++)
                look_at(l, cluster, (uint32_t)p->counts_after[i]);
        }
    }
    l->changed_count = 0;
}

static void call(Loop *l, double now, const double *durations, double *queued, double *started) { /* A2, A6 */
    const uint64_t *turns = l->turns.items;
    for (size_t k = 0; k < l->turns.count; k++) {
        const uint32_t entity = (uint32_t)(turns[k] >> 8), number = turns[k] & 255;
        const Stage *stage = &l->stages[number];
        Entity *who = &l->entities[entity];
        if ((who->passed | who->busy | who->dead) & BIT(number) || who->departed < INFINITY) continue;
        if (stage->own_before & ~who->passed) continue;
        if (stage->cluster_before && stage->cluster_before & ~l->entities[who->head].passed) continue;
        if (stage->counts_before && stage->counts_before & ~l->clusters[who->cluster].latched) continue;
        const uint16_t attempt = l->used[(size_t)entity * l->plan.stages + number]++;
        const size_t cell = (size_t)who->base + stage->column + attempt;
        who->busy |= BIT(number);
        queued[cell] = now;
        if (stage->need_count) { add(l, &l->fresh, (uint64_t)number << 32 | entity); continue; }
        started[cell] = now;
        push(l, (Item){now + durations[cell], entity, (uint16_t)number, attempt}); /* rule 5 */
    }
    l->turns.count = 0;
}

static int compare(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort(uint64_t *items, size_t count) {
    size_t ordered = 1;
    while (ordered < count && items[ordered - 1] <= items[ordered]) ordered++;
    if (ordered >= count) return;
    if (count > FEW) { qsort(items, count, sizeof *items, compare); return; }
    for (size_t i = ordered; i < count; i++) {
        uint64_t item = items[i];
        size_t at = i;
        for (; at && items[at - 1] > item; at--) items[at] = items[at - 1];
        items[at] = item;
    }
}

static void join(Loop *l, double now) { /* requests join the line of their stage: by day, then by entity */
    uint64_t *fresh = l->fresh.items;
    size_t from = 0, count = l->fresh.count;
    sort(fresh, count);
    while (from < count) {
        const uint32_t number = (uint32_t)(fresh[from] >> 32);
        size_t to = from + 1;
        while (to < count && fresh[to] >> 32 == number) to++;
        Line *line = &l->lines[number];
        reserve(l, line, line->count + (uint32_t)(to - from));
        if (l->failed) return;
        const uint32_t mask = line->room - 1;
        uint32_t old = line->count, at = line->count += (uint32_t)(to - from);
        for (size_t j = to; j > from;) { /* from behind, past those who came earlier in this instant */
            Item *before = &line->items[(line->first + old - 1) & mask];
            const uint32_t entity = (uint32_t)fresh[j - 1];
            Item *place = &line->items[(line->first + --at) & mask];
            if (old && before->day == now && before->entity > entity) { *place = *before, old--; continue; }
            *place = (Item){now, entity, (uint16_t)number, (uint16_t)(l->used[(size_t)entity * l->plan.stages + number] - 1)};
            j--;
        }
        l->in_line |= BIT(number), l->dirty |= BIT(number), l->stirred = true;
        from = to;
    }
    l->fresh.count = 0;
}

static inline const Item *head(Loop *l, uint32_t stage) { /* the first that has not left */
    Line *line = &l->lines[stage];
    while (line->count) {
        const Item *item = &line->items[line->first];
        if (l->entities[item->entity].departed == INFINITY) return item;
        line->first = (line->first + 1) & (line->room - 1), line->count--;
    }
    l->in_line &= ~BIT(stage);
    return NULL;
}

static inline bool fits(const Loop *l, const Stage *stage, uint64_t blocked) {
    if (stage->needed & blocked) return false;
    for (uint32_t i = 0; i < stage->need_count; i++)
        if (l->free[stage->needs[i].resource] < stage->needs[i].places) return false;
    return true;
}

static inline bool earlier(const Loop *l, const Item *a, const Item *b) { /* the order of rule 2 */
    const int64_t x = l->stages[a->stage].priority, y = l->stages[b->stage].priority;
    if (x != y) return x < y;
    if (a->day != b->day) return a->day < b->day;
    if (a->entity != b->entity) return a->entity < b->entity;
    return a->stage < b->stage;
}

static void grant(Loop *l, double now, const double *durations, double *started) { /* rule 2 */
    const bool in_order = l->plan.head_of_line;
    /* First-fit: what did not fit before fits now only if places came back or the line was empty. */
    uint64_t asks = l->in_line & (in_order ? ~UINT64_C(0) : l->dirty), blocked = 0;
    uint32_t s;
    l->dirty = 0, l->stirred = false;
    for EACH(s, asks) if (!head(l, s) || !(in_order || fits(l, &l->stages[s], 0))) asks &= ~BIT(s);
    while (asks) {
        const Item *best = NULL;
        for EACH(s, asks) {
            const Item *item = &l->lines[s].items[l->lines[s].first];
            if (!best || earlier(l, item, best)) best = item;
        }
        const Item item = *best;
        const Stage *stage = &l->stages[item.stage];
        if (!fits(l, stage, blocked)) { /* nor does anything later in this line: places only get fewer */
            asks &= ~BIT(item.stage);
            if (in_order) blocked |= stage->needed;
            continue;
        }
        for (uint32_t i = 0; i < stage->need_count; i++) l->free[stage->needs[i].resource] -= stage->needs[i].places;
        const size_t cell = (size_t)l->entities[item.entity].base + stage->column + item.attempt;
        started[cell] = now;
        push(l, (Item){now + durations[cell], item.entity, item.stage, item.attempt});
        Line *line = &l->lines[item.stage];
        line->first = (line->first + 1) & (line->room - 1), line->count--;
        if (!head(l, item.stage)) asks &= ~BIT(item.stage);
    }
}

/* ── a run ───────────────────────────────────────────────────────────────────────────────────────── */

static void begin(Loop *l) {
    const Plan *p = &l->plan;
    memcpy(l->free, p->capacity, (size_t)p->resources * sizeof *l->free);
    memset(l->used, 0, (size_t)(p->entities * p->stages) * sizeof *l->used);
    l->busy = 0, l->in_line = l->dirty = 0, l->stirred = l->failed = false;
    l->turns.count = l->fresh.count = l->changed_count = 0;
    for (int64_t s = 0; s < p->stages; s++) l->lines[s].first = l->lines[s].count = 0;
    for (uint32_t c = 0; c < p->clusters; c++) {
        Cluster *cluster = &l->clusters[c];
        cluster->latched = 0, cluster->present = cluster->end - cluster->first - 1, cluster->is_changed = true;
        l->changed[l->changed_count++] = c;
        uint64_t given = 0;
        for (int64_t s = 0; s < p->stages; s++) {
            if (p->given[c * p->stages + s]) given |= BIT(s);
            l->past[c * p->stages + s] = p->given[c * p->stages + s] ? cluster->present : 0;
        }
        for (uint32_t e = cluster->first; e < cluster->end; e++) {
            Entity *who = &l->entities[e];
            who->passed = given, who->busy = who->again = who->dead = 0, who->departed = INFINITY;
        }
        for (uint32_t s = 0; s < p->stages; s++) if (!(l->stages[s].own_before & ~given)) look_at(l, cluster, s);
    }
}

int loop_run(Loop *l, const double *durations, const bool *passed, double *queued, double *started, double *finished) {
    for (int64_t i = 0; i < l->plan.cells; i++) queued[i] = started[i] = finished[i] = NAN;
    begin(l);
    double now = 0.0;
    while (now < l->plan.horizon && !l->failed) { /* rule 7 */
        do {                            /* the rounds of one instant (A1) */
            while (l->busy && l->heap[0].day == now) end(l, pop(l), now, passed, finished); /* rule 1 */
            if (l->changed_count) latch(l);
            if (l->turns.count) call(l, now, durations, queued, started);
            if (l->busy && l->heap[0].day == now) continue;
            if (l->fresh.count) join(l, now);
            if (l->stirred) grant(l, now, durations, started);
        } while (l->busy && l->heap[0].day == now && !l->failed); /* rule 3 */
        now = l->busy ? l->heap[0].day : INFINITY;
    }
    return l->failed ? NO_MEMORY : now == INFINITY ? DRAINED : CUT;
}

static uint64_t bits(const int64_t *start, const int64_t *items, int64_t row) {
    uint64_t found = 0;
    for (int64_t i = start[row]; i < start[row + 1]; i++) found |= BIT(items[i]);
    return found;
}

static void lower(Loop *l, int64_t s) {
    const Plan *p = &l->plan;
    Stage *stage = &l->stages[s];
    stage->own_before = bits(p->own_before_start, p->own_before, s);
    stage->cluster_before = bits(p->cluster_before_start, p->cluster_before, s);
    stage->counts_before = bits(p->counts_before_start, p->counts_before, s);
    stage->own_after = bits(p->own_after_start, p->own_after, s);
    stage->cluster_after = bits(p->cluster_after_start, p->cluster_after, s);
    stage->redo = bits(p->redo_start, p->redo, s);
    stage->priority = p->priority[s], stage->limit = p->limit[s], stage->column = (uint32_t)p->column[s];
    stage->on_fail = (uint8_t)p->on_fail[s], stage->on_cluster = p->on_cluster[s];
    for (int64_t c = 0; c < p->counts; c++) stage->is_counted |= p->counted[c] == s;
    stage->needs = calloc((size_t)p->resources + 1, sizeof(Need));
    for (int64_t r = 0; stage->needs && r < p->resources; r++) {
        const int64_t places = p->needs[s * p->resources + r];
        if (!places) continue;
        stage->needs[stage->need_count++] = (Need){(uint32_t)r, (uint32_t)places};
        stage->needed |= BIT(r), l->wanting[r] |= BIT(s);
    }
}

void loop_free(Loop *l) {
    if (!l) return;
    for (int64_t s = 0; s < l->plan.stages; s++) free(l->stages[s].needs), free(l->lines[s].items);
    free(l->entities), free(l->clusters), free(l->past), free(l->used), free(l->changed), free(l->heap_block);
    free(l->turns.items), free(l->fresh.items), free(l);
}

/* The plan's arrays must outlive the loop. NULL where the plan is too large for bits, or memory too small. */
Loop *loop_new(const Plan *p) {
    if (p->stages > MOST || p->counts > MOST || p->resources > MOST) return NULL;
    Loop *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->plan = *p;
    l->entities = aligned_alloc(64, ((size_t)p->entities * sizeof(Entity) + 63) / 64 * 64);
    l->clusters = calloc((size_t)p->clusters, sizeof(Cluster));
    l->past = calloc((size_t)(p->clusters * p->stages), sizeof *l->past);
    l->used = calloc((size_t)(p->entities * p->stages), sizeof *l->used);
    l->changed = calloc((size_t)p->clusters, sizeof *l->changed);
    if (!(l->entities && l->clusters && l->past && l->used && l->changed && grow_heap(l))) { loop_free(l); return NULL; }
    for (int64_t s = 0; s < p->stages; s++) lower(l, s);
    for (int64_t c = 0; c < p->clusters; c++)
        l->clusters[c].first = (uint32_t)p->first_entity[c], l->clusters[c].end = (uint32_t)p->first_entity[c + 1];
    for (int64_t e = 0; e < p->entities; e++) {
        Entity *who = &l->entities[e];
        who->cluster = (uint32_t)p->cluster_of[e], who->base = (uint32_t)p->base[e];
        who->head = l->clusters[who->cluster].first;
    }
    return l;
}

/* Bytes that it holds, tables of draws and times apart. */
int64_t loop_bytes(const Loop *l) {
    const Plan *p = &l->plan;
    int64_t bytes = sizeof *l + p->entities * (int64_t)sizeof(Entity) + p->clusters * (int64_t)(sizeof(Cluster) + 4);
    bytes += p->clusters * p->stages * 8 + p->entities * p->stages * 2 + l->heap_room * (int64_t)sizeof(Item);
    for (int64_t s = 0; s < p->stages; s++) bytes += l->lines[s].room * (int64_t)sizeof(Item);
    return bytes + (int64_t)(l->turns.room + l->fresh.room) * 8;
}
