#pragma once

// What the API shows and takes of rules.

#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"

namespace notify::view {

/// A rule of a bucket that is being added: the place is that bucket.
struct BucketRule {
    std::string processor;
    std::optional<boost::json::value> config;
    std::vector<std::string> media_types;
    std::optional<std::string> path_glob;
    std::optional<Within<int, -1000, 1000>> priority;
    std::optional<bool> enabled;
    std::optional<std::string> biometric_basis;
};

BOOST_DESCRIBE_STRUCT(
    BucketRule, (), (processor, config, media_types, path_glob, priority, enabled, biometric_basis)
)

struct NewRule : BucketRule {
    std::optional<std::string> bucket;
    std::optional<std::string> source;
};

BOOST_DESCRIBE_STRUCT(NewRule, (BucketRule), (bucket, source))

struct RuleChange {
    std::optional<std::string> processor;
    std::optional<boost::json::value> config;
    std::optional<std::vector<std::string>> media_types;
    std::optional<std::string> path_glob;
    std::optional<Within<int, -1000, 1000>> priority;
    std::optional<bool> enabled;
    std::optional<std::string> biometric_basis;
};

BOOST_DESCRIBE_STRUCT(
    RuleChange, (), (processor, config, media_types, path_glob, priority, enabled, biometric_basis)
)

struct RuleView {
    std::string id;
    std::optional<std::string> bucket;
    std::optional<std::string> bucket_name;
    std::optional<std::string> source;
    std::optional<std::string> source_name;
    std::vector<std::string> media_types;
    std::string path_glob;
    std::string processor;
    boost::json::value config;
    int priority = 0;
    bool enabled = true;
    std::string biometric_basis;
    std::string created_at;
    std::string changed_at;
};

BOOST_DESCRIBE_STRUCT(
    RuleView,
    (),
    (id,
     bucket,
     bucket_name,
     source,
     source_name,
     media_types,
     path_glob,
     processor,
     config,
     priority,
     enabled,
     biometric_basis,
     created_at,
     changed_at)
)

struct RuleList {
    std::vector<RuleView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(RuleList, (), (rows, next))

}  // namespace notify::view
