#pragma once

// The repositories over one connection, as a Transaction or a Snapshot sees them.

#include "core/secret_box.hpp"
#include "storage/sql/backlog_table.hpp"
#include "storage/sql/bucket_table.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/dead_message_table.hpp"
#include "storage/sql/delivery_table.hpp"
#include "storage/sql/erasure_table.hpp"
#include "storage/sql/event_table.hpp"
#include "storage/sql/face_table.hpp"
#include "storage/sql/item_table.hpp"
#include "storage/sql/key_table.hpp"
#include "storage/sql/news_table.hpp"
#include "storage/sql/node_table.hpp"
#include "storage/sql/pause_table.hpp"
#include "storage/sql/people_edit_table.hpp"
#include "storage/sql/people_table.hpp"
#include "storage/sql/process_table.hpp"
#include "storage/sql/result_table.hpp"
#include "storage/sql/review_table.hpp"
#include "storage/sql/rule_table.hpp"
#include "storage/sql/scan_table.hpp"
#include "storage/sql/source_table.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

/// Used by one thread at a time, like its connection.
struct Tables {
    Tables(Connection& connection, const SecretBox& box, const Clock& clock)
        : sources(connection),
          buckets(connection),
          backlog(connection),
          rules(connection),
          items(connection),
          scans(connection),
          processes(connection, box),
          results(connection, clock),
          people(connection, box),
          people_edits(connection, box),
          faces(connection, box),
          erasures(connection),
          deliveries(connection, clock),
          events(connection),
          news(connection),
          dead_messages(connection),
          keys(connection),
          nodes(connection),
          pauses(connection),
          review(connection) {}

    [[nodiscard]] Transaction AsTransaction() {
        return {
            .sources = sources,
            .buckets = buckets,
            .backlog = backlog,
            .rules = rules,
            .items = items,
            .scans = scans,
            .processes = processes,
            .results = results,
            .people = people,
            .people_edits = people_edits,
            .faces = faces,
            .erasures = erasures,
            .events = events,
            .deliveries = deliveries,
            .news = news,
            .dead_messages = dead_messages,
            .keys = keys,
            .nodes = nodes,
            .pauses = pauses,
            .review = review
        };
    }

    [[nodiscard]] Snapshot AsSnapshot() const {
        return {
            .sources = sources,
            .buckets = buckets,
            .backlog = backlog,
            .rules = rules,
            .items = items,
            .scans = scans,
            .processes = processes,
            .results = results,
            .people = people,
            .people_edits = people_edits,
            .faces = faces,
            .erasures = erasures,
            .events = events,
            .deliveries = deliveries,
            .news = news,
            .dead_messages = dead_messages,
            .keys = keys,
            .nodes = nodes,
            .pauses = pauses,
            .review = review
        };
    }

    SourceTable sources;
    BucketTable buckets;
    BacklogTable backlog;
    RuleTable rules;
    ItemTable items;
    ScanTable scans;
    ProcessTable processes;
    ResultTable results;
    PeopleTable people;
    PeopleEditTable people_edits;
    FaceTable faces;
    ErasureTable erasures;
    DeliveryTable deliveries;
    EventTable events;
    NewsTable news;
    DeadMessageTable dead_messages;
    KeyTable keys;
    NodeTable nodes;
    PauseTable pauses;
    ReviewTable review;
};

}  // namespace notify::sql
