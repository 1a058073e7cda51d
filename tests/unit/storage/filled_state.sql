-- A row or more of every table, with what is awkward to carry: NULLs, empty texts, bytes that are no text, doubles without an end.
INSERT INTO sealed_with VALUES (1, '0123456789abcdef');
INSERT INTO node VALUES ('nod_1', 'one', 'host', '0.1.0', 'api,worker', 2, 1, 1, 2, '', '');
INSERT INTO duty VALUES ('scheduler', 'nod_1', 3);
INSERT INTO pause VALUES ('pau_1', 'everything', '', 'moved', 'key_1', 5, NULL), ('pau_2', 'node', 'one', 'memory', 'key_1', 5, 6);
INSERT INTO source VALUES ('src_1', 's3', 'archive', '{"endpoint":"https://s3.example"}', 4, 1), ('src_2', 'local', 'Ünï — 写真', '{}', 0, -1);
INSERT INTO source_secret (source_id, access_key, sealed, expires_at, added_at) VALUES ('src_1', 'AK', x'00ff00', NULL, 9), ('src_1', 'AK', x'', 10, 9);
DELETE FROM source_secret WHERE number = 2;
INSERT INTO bucket (id, source_id, name, location, active, scan_interval_ms, settle_time_ms, include_globs, exclude_globs, publish, weight, max_in_flight, options,
                    created_at, last_scan_at, last_scan_note, first_scan_at, held_until, held_reason, held_sentence, held_times, turn_start, turn_finish)
VALUES ('bck_1', 'src_1', 'in', 'in', 1, 1, 0, '[]', '[]', 1, 1, 2, '{}', 1, NULL, '', NULL, NULL, '', '', 0, 7, 9223372036854775807),
       ('bck_2', 'src_2', 'held', '/media', 0, 1, 0, '["*.mxf"]', '[]', 0, 3, 0, '{}', 1, 2, 'note', 3, 4, 'unreachable', 'no such host', 2, 0, 0);
INSERT INTO rule VALUES ('rul_1', 'bck_1', NULL, '[]', '*', 'checksum', '{}', 'h', 0, 1, '', 1, 1), ('rul_2', NULL, 'src_2', '[]', '*', 'checksum', '{}', 'h', -3, 0, 'consent', 1, 1);
INSERT INTO own_object VALUES ('bck_1', x'ff00fe', 1), ('bck_1', x'ff', 1);
INSERT INTO own_result VALUES ('src_1', x'612f62', 1);
INSERT INTO scan_state VALUES ('bck_1', 3, 1, 'all', x'00', 1, 5, NULL, NULL, x'6100');
INSERT INTO scan_range VALUES ('bck_1', x'', x'', x'61', 0);
INSERT INTO item VALUES ('itm_1', 'bck_1', x'c3280061', 'v1', 9007199254740993, 1, '', '', 'Processing', 1, 'nothing', '', '', 1, NULL, NULL, NULL, 1, 1),
                        ('itm_2', 'bck_2', x'61', '', 0, 1, 'video/mp4', 'ab', 'Completed', 1, 'nothing', '', '', 1, 2, 3, 3, 4, 2);
INSERT INTO backlog_given VALUES ('itm_1', 'bck_1', 1, NULL);
INSERT INTO done_key VALUES ('bck_1', x'00', 'v', 1);
INSERT INTO scanning VALUES ('bck_1', 'nod_1');
INSERT INTO scan_wanted VALUES ('bck_2');
INSERT INTO scan_miss VALUES ('bck_1', 'itm_1', 3, 1);
INSERT INTO item_change VALUES ('itm_1', 1, 1, 'Pending', '', 0, '', ''), ('itm_1', 2, 1, 'Processing', 'prc_1', 1, '', 'it''s "so"');
INSERT INTO content_alias VALUES ('bck_1', x'61', 'v', 'ab');
INSERT INTO result VALUES ('res_1', 'lineage', 'ab', 'video/mp4', 'checksum', '1', 'gh', 'ij', '', '{"a":0.1}', 1);
INSERT INTO result_artifact VALUES ('res_1', 'thumbnail', 'image/jpeg', 'cd', 3, 1);
INSERT INTO artifact_released VALUES ('ef', 1);
INSERT INTO artifact_row VALUES ('cd', x'000102', 1);
INSERT INTO process VALUES
    ('prc_1', 'itm_1', 'bck_1', 'checksum', '{}', 'h', 'rul_1', '[]', 1, 'Processing', 1, -5, 1, 5, 2, 1, 3, 0, 0, 1, 'nod_1', 99, 7, 0.1, 0, '', '', '', '', 0,
     NULL, 1, 2, NULL),
    ('prc_2', 'itm_2', 'bck_2', 'checksum', '{}', 'h', 'rul_gone', '[]', 1, 'Completed', 1, 0, 0, 5, 0, 0, 0, 0, 0, 0, '', NULL, 1, 1.0, 0, '', '', '', '', 0,
     'res_1', 1, 2, 3),
    ('prc_3', 'itm_2', 'bck_2', 'checksum', '{}', 'i', '', '[]', 1, 'Failed', 1, 0, 5, 5, 0, 0, 0, 0, 0, 0, '', NULL, 1, 0.0, 1, 'internal', 'decode', 'crashed',
     'the child ended', 0, NULL, 1, 2, 3);
INSERT INTO process_looked_at VALUES ('prc_2', 'proxy', 'm', 25, '');
INSERT INTO long_work VALUES ('prc_1', 'itm_1', 36000000, 600000, 2);
INSERT INTO checkpoint VALUES ('prc_1', 1200000, 'ab', 1, x'00ff');
INSERT INTO checkpoint_part VALUES ('prc_1', 0, x'ff00');
INSERT INTO process_count VALUES ('checksum', 'Processing', 1, 0), ('checksum', 'Completed', 1, 7), ('checksum', 'Failed', 1, 1);
INSERT INTO resolve VALUES ('prc_2', 'itm_2', 1, 0);
INSERT INTO person VALUES ('per_1', 'Ada "Countess" Lovelace', 0, NULL, 'per_1', 'form 7', 1);
INSERT INTO person VALUES ('per_2', NULL, 1, 'per_1', 'per_1', '', 1);
INSERT INTO person_key VALUES ('per_1', x'0102');
INSERT INTO people_edit VALUES (1, 'edt_1', 1, 'key:k', 'enrol', 'per_1', '', x'00ff', '', 'applied', '');
INSERT INTO people_edit VALUES (2, 'edt_2', 2, 'key:k', 'undo', '', '', NULL, 'edt_1', 'no_op', 'there is no such edit');
INSERT INTO people_edit_subject VALUES ('per_1', 1);
INSERT INTO track_verdict VALUES ('trk_1', 'per_1', 0, 0, '["per_2"]');
INSERT INTO relabel_wanted VALUES ('itm_2', 5, 1);
INSERT INTO enrolment_photo VALUES ('pho_1', 'per_1', 'a.jpg', 'ab', x'00', 'ef', 0.1, 1e-300, 0.30000000000000004, 1.7976931348623157e308, -0.0, 'cd', 1);
UPDATE gallery_version SET version = 12;
INSERT INTO face_track VALUES ('trk_1', 'trk_1', 'res_1', 0, 0, 1, 2, 1, 0.1, 0.2, 0.3, 0.4, 0.5, x'ff', 'cd', 3, x'fe');
UPDATE face_state SET last = 4, grouped = 2, compared = 11, rules = 1;
INSERT INTO erased_mark VALUES ('ef', 7);
INSERT INTO face_removed VALUES (4, 1);
INSERT INTO erasure VALUES ('edt_1', 3, 'key:k', '["per_9"]', '["pho_9"]', 1, 2, 3, NULL);
INSERT INTO emptied_result VALUES ('res_1', 'edt_1');
INSERT INTO appearance VALUES ('app_1', 'itm_2', 'res_1', 'per_1', 'confirmed', 1, 1, 2, 0.42, 0.58, 0.9, 1, 0.1, 0.2, 0.3, 0.4, '[0]', 30000, 1001, 107892, 1);
INSERT INTO once_shown VALUES ('per_1', 'trk_1');
INSERT INTO review_skip VALUES ('key_1', 'que_1', 5);
INSERT INTO event (id, type, subject, dedup_key, at, data) VALUES ('evt_1', 'item.completed', 'itm_2', 'k', 1, '{}'), ('evt_2', 'item.failed', 'itm_2', NULL, 1, '{}'),
                                                                  ('evt_3', 'item.failed', 'itm_2', NULL, 1, '{}');
DELETE FROM event WHERE id = 'evt_3';
UPDATE event_state SET removed = 3;
INSERT INTO endpoint VALUES ('end_1', 'https://mam.example/hook', '', '[]', '[]', '["c2VhbGVk"]', 'c2VhbGVkIHRvbw==', 1, '', NULL, 0, '', 1), ('end_2', 'https://b.example', 'b', '[]', '["[]","[\"bkt_1\"]","[]","[]"]', '[]', '', 0, 'gone', 5, 9, 'refused', 1);
INSERT INTO publication VALUES ('pub_1', 'itm_2', 'beside', 'json', '');
INSERT INTO delivery VALUES ('del_1', 'webhook', 'evt_1', 'end_1', '', 'Pending', 0, 1, 0, '', NULL, '', 1, NULL),
                            ('del_2', 'publication', '', '', 'pub_1', 'Processing', 1, 1, 3, 'nod_1', 99, 'refused', 1, NULL);
INSERT INTO delivery_count VALUES ('webhook', 'Completed', 5);
INSERT INTO delivery_attempt (delivery_id, number, at, duration_ms, http_status, error, response) VALUES ('del_2', 1, 1, 20, 500, '', x'3c00ff');
INSERT INTO news VALUES ('nws_1', '', 'object', x'00ff', '', 1, 1, 1, 0, '', '');
INSERT INTO dead_message VALUES ('dea_1', '', 'm', 'no_json', 'no JSON', '{', 1, 1, 1, 1, NULL);
INSERT INTO api_key VALUES ('key_1', 'first key', 'abcd', '["admin"]', '[]', '["bkt_1"]', 1, NULL, 2, NULL);
INSERT INTO audit (at, actor, action, subject, detail) VALUES (1, 'key_1', 'key.create', 'key_1', '');
INSERT INTO kept_answer VALUES ('key_1', 'a key', 'abcd', 201, '{}', 1);
