#pragma once

// A source is one configured connection to a store.

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// One connection to a store. `kind`: "local", "iconik", "datacore", "object_matrix", "s3"; or "sqs", a
/// queue of messages about stores, in which no bucket is.
struct Source {
    SourceId id;
    std::string kind;
    std::string name;  ///< Unique, chosen by a person.
    std::string
        config;  ///< Canonical JSON, checked against the kind's schema; never holds a secret in the clear.
    int max_in_flight = 0;  ///< So many items of its buckets are Processing at a time; 0: any number.
    Timestamp created_at;
};

/// A credential of a source. Two may live beside each other, so that a new one is taken before the old one
/// ends.
struct SourceSecret {
    std::int64_t number = 0;  ///< Counts those of all sources; the highest is the newest.
    SourceId source_id;
    std::string access_key;  ///< Names it, and is shown; "" for a token.
    std::string sealed;      ///< What is secret of it, sealed (core/secret_box.hpp).
    std::optional<Timestamp> expires_at;
    Timestamp added_at;
};

}  // namespace notify
