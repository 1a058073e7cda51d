#include "http/routes/artifacts.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/file.hpp"
#include "core/result.hpp"
#include "domain/result.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "storage/artifact_store.hpp"

namespace notify {

namespace {

struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

enum class RangeKind : std::uint8_t { kWhole, kPart, kOutside };

/// One range of a Range header; anything else asks for the whole.
RangeKind ReadRange(std::string_view header, std::uint64_t size, Range& range) {
    if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) {
        return RangeKind::kWhole;
    }
    header.remove_prefix(6);
    const auto dash = header.find('-');
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return !text.empty() && error == std::errc{} && end == text.data() + text.size()
                   ? std::optional(value)
                   : std::nullopt;
    };
    const auto first = number(header.substr(0, dash));
    const auto last = dash == std::string_view::npos ? std::nullopt : number(header.substr(dash + 1));
    if (dash == std::string_view::npos || (!first && !last) || (first && last && *last < *first)) {
        return RangeKind::kWhole;
    }
    if (!first) {
        range = {.first = size - std::min(*last, size), .last = size == 0 ? 0 : size - 1};
        return *last == 0 || size == 0 ? RangeKind::kOutside : RangeKind::kPart;
    }
    range = {.first = *first, .last = std::min(last.value_or(size), size == 0 ? 0 : size - 1)};
    return *first >= size ? RangeKind::kOutside : RangeKind::kPart;
}

/// True when If-None-Match names this entity: "*", or a list with its tag, weak or not.
bool NamesIt(std::string_view header, std::string_view etag) {
    return header == "*" || header.find(etag) != std::string_view::npos;  // tags hold no quotes inside
}

/// What of the artifact was asked for.
RangeKind AskedFor(const Request& request, std::string_view etag, std::uint64_t size, Range& range) {
    const auto condition = request.Header("if-range");
    return condition.empty() || condition == etag ? ReadRange(request.Header("range"), size, range)
                                                  : RangeKind::kWhole;
}

/// A file that is read while it is sent. It is opened now, so that its removal does not cut the answer.
Result<ByteStream> Open(const std::filesystem::path& path) {
    // shared by copies of the function
    const auto file = std::make_shared<UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file->IsOpen()) {
        return Unexpected(SystemError(errno, "open an artifact"));
    }
    const auto read = [file](std::uint64_t offset, std::size_t length) -> Result<std::string> {
        std::string piece(length, '\0');
        const auto got = ::pread(file->Get(), piece.data(), length, static_cast<off_t>(offset));
        if (got < 0) {
            return Unexpected(SystemError(errno, "read an artifact"));
        }
        piece.resize(static_cast<std::size_t>(got));
        return piece;
    };
    return ByteStream{.offset = 0, .length = 0, .read = read};
}

/// Gives `response` the bytes from `first` on, `length` of them.
Result<void> Fill(
    Response& response, const ArtifactStore& artifacts, const ArtifactRef& ref, Range range, bool whole
) {
    const auto length = whole ? ref.size_bytes : range.last - range.first + 1;
    if (const auto path = artifacts.FilePath(ref); !path.empty()) {
        auto stream = Open(path);
        if (!stream) {
            return Unexpected(stream.error());
        }
        stream->offset = whole ? 0 : range.first;
        stream->length = length;
        response.bytes = std::move(*stream);
        return {};
    }
    auto bytes = artifacts.Read(ref);
    if (!bytes) {
        return Unexpected(bytes.error());
    }
    response.body = whole ? std::move(*bytes) : bytes->substr(range.first, length);
    return {};
}

}  // namespace

Response SendArtifact(const Request& request, const ArtifactStore& artifacts, const ArtifactRef& ref) {
    const auto etag = fmt::format("\"{}\"", ref.sha256);
    if (NamesIt(request.Header("if-none-match"), etag)) {
        return {.status = 304, .headers = {{"ETag", etag}}};
    }
    Range range;
    const auto kind = AskedFor(request, etag, ref.size_bytes, range);
    if (kind == RangeKind::kOutside) {
        auto refusal = ProblemOf(
            416, "invalid_argument", fmt::format("the artifact has {} bytes", ref.size_bytes), request.id
        );
        refusal.headers.emplace_back("Content-Range", fmt::format("bytes */{}", ref.size_bytes));
        return refusal;
    }
    Response response{
        .content_type = ref.media_type, .headers = {{"ETag", etag}, {"Accept-Ranges", "bytes"}}
    };
    response.headers.emplace_back("Content-Disposition", fmt::format("inline; filename=\"{}\"", ref.name));
    if (kind == RangeKind::kPart) {
        response.status = 206;
        response.headers.emplace_back(
            "Content-Range", fmt::format("bytes {}-{}/{}", range.first, range.last, ref.size_bytes)
        );
    }
    const auto filled = Fill(response, artifacts, ref, range, kind == RangeKind::kWhole);
    return filled ? response : Problem(filled.error(), request.id);
}

}  // namespace notify
