#include "processors/host/blob_collector.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "processors/host/host.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

constexpr std::string_view kDocument = "document";

Unexpected Broken(std::string what) {
    return Fail(ErrorCode::kInvalidArgument, std::move(what));
}

std::uint64_t SizeOf(const std::vector<JobArtifact>& artifacts) {
    return std::accumulate(
        artifacts.begin(),
        artifacts.end(),
        std::uint64_t{0},
        [](std::uint64_t sum, const JobArtifact& artifact) { return sum + artifact.bytes.size(); }
    );
}

/// Takes every event of a parser and keeps nothing: a hostile document must not grow in memory by being
/// checked.
struct Ignore {
    // NOLINTBEGIN(readability-identifier-naming, readability-convert-member-functions-to-static): Boost's
    // names
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;
    using Code = boost::json::error_code;
    using Text = boost::json::string_view;

    bool on_document_begin(Code&) { return true; }

    bool on_document_end(Code&) { return true; }

    bool on_object_begin(Code&) { return true; }

    bool on_object_end(std::size_t, Code&) { return true; }

    bool on_array_begin(Code&) { return true; }

    bool on_array_end(std::size_t, Code&) { return true; }

    bool on_key_part(Text, std::size_t, Code&) { return true; }

    bool on_key(Text, std::size_t, Code&) { return true; }

    bool on_string_part(Text, std::size_t, Code&) { return true; }

    bool on_string(Text, std::size_t, Code&) { return true; }

    bool on_number_part(Text, Code&) { return true; }

    bool on_int64(std::int64_t, Text, Code&) { return true; }

    bool on_uint64(std::uint64_t, Text, Code&) { return true; }

    bool on_double(double about, Text number, Code& error) {
        if (!NearestDouble(number, about)) {  // as ParseJson refuses it
            error = boost::json::error::exponent_overflow;
        }
        return !error;
    }

    bool on_bool(bool, Code&) { return true; }

    bool on_null(Code&) { return true; }

    bool on_comment_part(Text, Code&) { return true; }

    bool on_comment(Text, Code&) { return true; }

    // NOLINTEND(readability-identifier-naming, readability-convert-member-functions-to-static)
};

bool IsJsonObject(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::json::basic_parser<Ignore> parser(options);
    boost::json::error_code error;
    const auto used = parser.write_some(false, text.data(), text.size(), error);
    return !error && used == text.size() && text.starts_with('{');
}

}  // namespace

Result<void> BlobCollector::Take(const ChildFrame& frame, std::string_view payload) {
    if (frame.kind == FrameKind::kBlob) {
        return AddPart(frame, payload);
    }
    return EndBlob(frame, payload);
}

Result<void> BlobCollector::AddPart(const ChildFrame& frame, std::string_view payload) {
    if (has_current_ ? frame.id != current_id_ : frame.offset != 0) {
        return Broken("a blob begins before the one before it ended");
    }
    if (frame.offset != current_.size()) {
        return Broken("the parts of a blob are not in order");
    }
    if (current_.size() + payload.size() > kMaxBlobBytesOfProcess ||
        held_bytes_ + payload.size() > kMaxBlobBytesHeld) {
        return Broken("a result is larger than it may be");
    }
    has_current_ = true;
    current_id_ = frame.id;
    current_ += payload;
    held_bytes_ += payload.size();
    return {};
}

Result<void> BlobCollector::EndBlob(const ChildFrame& frame, std::string_view description) {
    auto end = ParseBlobEnd(description);
    if (!end) {
        return Unexpected(end.error());
    }
    if ((has_current_ && frame.id != current_id_) || frame.offset != current_.size() ||
        end->size_bytes != frame.offset) {
        return Broken("a blob ends with another size than it has");
    }
    if (!open_.contains(end->process)) {
        return Broken("a blob belongs to no process that runs");
    }
    auto& blobs = finished_[end->process];
    if (blobs.size() >= kMaxBlobsOfProcess || SizeOf(blobs) + current_.size() > kMaxBlobBytesOfProcess) {
        return Broken("a process gives more than it may");
    }
    if (std::ranges::find(blobs, end->name, &JobArtifact::name) != blobs.end()) {
        return Broken(fmt::format("there are two blobs called {}", end->name));
    }
    current_.shrink_to_fit();
    blobs.push_back(
        {.name = std::move(end->name),
         .media_type = std::move(end->media_type),
         .bytes = std::exchange(current_, {}),
         .sealed = end->sealed}
    );
    has_current_ = false;
    return {};
}

Result<CollectedBlobs> BlobCollector::Collect(
    std::string_view process, const std::vector<std::string>& names
) {
    const auto found = finished_.find(process);
    auto blobs = found == finished_.end() ? std::vector<JobArtifact>{} : std::move(found->second);
    held_bytes_ -= SizeOf(blobs);
    if (found != finished_.end()) {
        finished_.erase(found);
    }
    Drop(process);
    if (!std::ranges::is_permutation(names, blobs, {}, {}, &JobArtifact::name)) {
        return Broken("a result names other blobs than were sent");
    }
    const auto document = std::ranges::find(blobs, kDocument, &JobArtifact::name);
    if (document == blobs.end() || document->bytes.size() > kMaxDocumentBytes ||
        !IsJsonObject(document->bytes)) {
        return Broken("the document of a result is missing, too large or no JSON object");
    }
    CollectedBlobs collected{.document = std::move(document->bytes), .artifacts = {}};
    blobs.erase(document);
    collected.artifacts = std::move(blobs);
    return collected;
}

Result<std::string> BlobCollector::TakeOne(std::string_view process, std::string_view name) {
    const auto found = finished_.find(process);
    if (found == finished_.end()) {
        return Broken("it names a blob that was not sent");
    }
    const auto blob = std::ranges::find(found->second, name, &JobArtifact::name);
    if (blob == found->second.end()) {
        return Broken("it names a blob that was not sent");
    }
    auto bytes = std::move(blob->bytes);
    held_bytes_ -= bytes.size();
    found->second.erase(blob);
    return bytes;
}

void BlobCollector::Drop(std::string_view process) {
    if (const auto found = finished_.find(process); found != finished_.end()) {
        held_bytes_ -= SizeOf(found->second);
        finished_.erase(found);
    }
    if (const auto found = open_.find(process); found != open_.end()) {
        open_.erase(found);
    }
}

}  // namespace notify
