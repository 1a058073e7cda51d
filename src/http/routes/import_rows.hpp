#pragma once

// The lines of a file of buckets: read and checked, before anything is written.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/bucket_options.hpp"
#include "domain/rule.hpp"
#include "http/views_backlog.hpp"
#include "sources/registry.hpp"

namespace notify {

/// A bucket as its line wants it.
struct PlannedBucket {
    int line = 0;  ///< In the file from 1, where the first names the columns; else the row from 1.
    std::string kind;
    std::string config;  ///< Of its source, canonical.
    std::string location;
    std::string name;  ///< "": chosen from the place.
    bool active = true;
    BucketBacklog backlog;
    std::vector<Rule> rules;  ///< Without ids, place and times.
};

struct ImportPlan {
    std::vector<PlannedBucket> buckets;
    std::vector<view::RefusedRow> refused;
};

/// What a source is the same by: its kind, endpoint, region and the settings that hold its credentials.
[[nodiscard]] std::string SourceIdentity(std::string_view kind, std::string_view config);

/// kInvalidArgument when the whole cannot be read (no columns, neither csv nor rows, or both); a line that is
/// wrong by itself is refused with a sentence.
[[nodiscard]] Result<ImportPlan> PlanImport(
    const view::BucketImport& wanted, const SourceRegistry& sources, const SecretBox& box
);

}  // namespace notify
