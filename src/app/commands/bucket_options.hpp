#pragma once

// Which objects of a bucket count and when it is scanned, from what a command was given.

#include <CLI/App.hpp>
#include <boost/json/object.hpp>

#include "app/commands/bodies.hpp"

namespace notify {

/// --cron, --window, --time-zone, --min-bytes, --max-bytes, --min-age, --max-age, --media-type, --sequences,
/// --dedupe, --scan-streams.
void AddBucketOptions(CLI::App& command, OptionWords& words);

/// True when a filter or a part of the schedule was given: both are changed as a whole, so what is there
/// must be known.
[[nodiscard]] bool ChangesAPart(const OptionWords& words);

/// Puts what was given into a request's body: members `filters`, `schedule`, `sequences`, `dedupe` and
/// `scan_streams`. `there`: the bucket as it is, empty for a new one.
void PutBucketOptions(const OptionWords& words, const boost::json::object& there, boost::json::object& body);

}  // namespace notify
