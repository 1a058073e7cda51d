#pragma once

// The statements that look for what is old. They are here so that their plans can be tested, too.

namespace notify::sql {

inline constexpr const char* kLeftSql = R"sql(
    SELECT i.left_at, i.id,
           CASE WHEN ((i.status IN ('Completed', 'Skipped') AND i.left_at < ?1 AND i.since < ?1)
                      OR (i.status IN ('Failed', 'Cancelled') AND i.left_at < ?2 AND i.since < ?2))
                 AND NOT EXISTS (SELECT 1 FROM process p
                                 WHERE p.item_id = i.id AND p.status IN ('Pending', 'Processing'))
                 AND NOT EXISTS (SELECT 1 FROM publication n JOIN delivery d ON d.publication_id = n.id
                                 WHERE n.item_id = i.id AND d.publication_id <> ''
                                   AND d.status IN ('Pending', 'Processing'))
                THEN 1 ELSE 0 END
    FROM item i
    WHERE i.left_at < ?3 AND (i.left_at, i.id) > (?4, ?5)
    ORDER BY i.left_at, i.id LIMIT ?6)sql";

// an item's lines are looked for once: at the last of its later runs that is old enough
inline constexpr const char* kPastChangesSql = R"sql(
    WITH again AS (SELECT created_at, id, item_id FROM process
                   WHERE run > 1 AND created_at < ?1 AND (created_at, id) > (?2, ?3)
                   ORDER BY created_at, id LIMIT ?4)
    SELECT n.created_at, n.id, c.item_id, c.number
    FROM again n LEFT JOIN item_change c
      ON c.item_id = n.item_id AND c.at < n.created_at
     AND NOT EXISTS (SELECT 1 FROM process m
                     WHERE m.item_id = n.item_id AND m.run > 1 AND m.created_at < ?1
                       AND (m.created_at, m.id) > (n.created_at, n.id))
     AND c.number < (SELECT max(l.number) FROM item_change l WHERE l.item_id = n.item_id)
     AND NOT EXISTS (SELECT 1 FROM process q
                     WHERE q.id = c.process_id
                       AND NOT EXISTS (SELECT 1 FROM process w
                                       WHERE w.item_id = q.item_id AND w.processor = q.processor
                                         AND w.config_hash = q.config_hash AND w.run > q.run))
    ORDER BY n.created_at, n.id, c.number)sql";

// of several later runs the last one brings the earlier ones: each is found once. A result that two runs have
// found goes with the later of them, so that people who appear by it are not left without it
inline constexpr const char* kFollowedSql = R"sql(
    WITH again AS (SELECT created_at, id, item_id, processor, config_hash, run FROM process
                   WHERE run > 1 AND created_at < ?3 AND (created_at, id) > (?4, ?5)
                   ORDER BY created_at, id LIMIT ?6)
    SELECT n.created_at, n.id, p.id
    FROM again n LEFT JOIN process p
      ON p.item_id = n.item_id AND p.processor = n.processor AND p.config_hash = n.config_hash AND p.run < n.run
     AND p.status IN ('Completed', 'Failed', 'Cancelled', 'Skipped')
     AND NOT EXISTS (SELECT 1 FROM process l
                     WHERE l.item_id = n.item_id AND l.processor = n.processor AND l.config_hash = n.config_hash
                       AND l.run > n.run AND l.created_at < ?3)
     AND EXISTS (SELECT 1 FROM process m
                 WHERE m.item_id = p.item_id AND m.processor = p.processor AND m.config_hash = p.config_hash
                   AND m.run > p.run
                   AND CASE WHEN p.status = 'Completed' THEN m.status = 'Completed' AND m.finished_at < ?1
                            ELSE m.finished_at < ?2 END)
     AND NOT EXISTS (SELECT 1 FROM resolve r WHERE r.process_id = p.id)
     AND (NOT EXISTS (SELECT 1 FROM appearance a WHERE a.item_id = p.item_id AND a.result_id = p.result_id)
          OR EXISTS (SELECT 1 FROM process o
                     WHERE o.item_id = p.item_id AND o.result_id = p.result_id AND o.processor = p.processor
                       AND o.config_hash = p.config_hash AND o.run > p.run))
    ORDER BY n.created_at, n.id, p.run)sql";

}  // namespace notify::sql
