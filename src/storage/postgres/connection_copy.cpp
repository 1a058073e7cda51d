// Connection: rows as they stream in and out with COPY.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "core/result.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/faults.hpp"

namespace notify::postgres {

namespace {

using namespace std::string_view_literals;

// Source: "Binary Format" of COPY in PostgreSQL's documentation: a signature, flags, the length of what may
// follow
constexpr auto kHeader = "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"sv;
constexpr auto kTrailer = "\xff\xff"sv;
constexpr std::size_t kCountBytes = 2;
constexpr std::size_t kLengthBytes = 4;
constexpr std::uint32_t kNull = 0xFFFFFFFFU;

struct FreeBytes {
    void operator()(char* bytes) const noexcept { PQfreemem(bytes); }
};

std::uint32_t NumberIn(std::string_view bytes) noexcept {
    std::uint32_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8U) | static_cast<std::uint8_t>(byte);
    }
    return number;
}

/// Cuts the stream into tuples, in whatever pieces it comes.
class Tuples {
public:
    explicit Tuples(const std::function<Result<void>(std::string_view)>& take) : take_(take) {}

    Result<void> Add(std::string_view bytes) {
        kept_ += bytes;
        std::string_view left = kept_;
        if (!begun_) {
            if (left.size() < kHeader.size()) {
                return {};
            }
            left.remove_prefix(kHeader.size());
            begun_ = true;
        }
        Result<void> taken;
        for (auto size = SizeOfFirst(left); taken && size; size = SizeOfFirst(left)) {
            taken = take_(left.substr(0, *size));
            left.remove_prefix(*size);
        }
        kept_.erase(0, kept_.size() - left.size());
        return taken;
    }

private:
    /// Nothing while it is not all there, and at the trailer.
    static std::optional<std::size_t> SizeOfFirst(std::string_view bytes) {
        if (bytes.size() < kCountBytes || bytes.starts_with(kTrailer)) {
            return std::nullopt;
        }
        std::size_t size = kCountBytes;
        for (auto fields = NumberIn(bytes.substr(0, kCountBytes)); fields > 0; --fields) {
            if (bytes.size() < size + kLengthBytes) {
                return std::nullopt;
            }
            const auto length = NumberIn(bytes.substr(size, kLengthBytes));
            size += kLengthBytes + (length == kNull ? 0 : length);
        }
        return size <= bytes.size() ? std::optional(size) : std::nullopt;
    }

    const std::function<Result<void>(std::string_view)>& take_;
    std::string kept_;
    bool begun_ = false;
};

/// How the command ended that was under way.
Result<void> EndOf(PGconn* handle) {
    const ResultPtr last(PQgetResult(handle));
    Result<void> ended;
    if (PQresultStatus(last.get()) != PGRES_COMMAND_OK) {
        ended = Unexpected(FaultOf(handle, last.get(), "copy"));
    }
    while (const ResultPtr more{PQgetResult(handle)}) {
    }
    return ended;
}

}  // namespace

Result<void> Connection::CopyOut(
    const std::string& sql, const std::function<Result<void>(std::string_view)>& take
) {
    const ResultPtr begun(PQexec(handle_, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) {
        return Unexpected(FaultOf(handle_, begun.get(), "copy"));
    }
    Tuples tuples(take);
    char* bytes = nullptr;
    for (int size = PQgetCopyData(handle_, &bytes, 0); size > 0; size = PQgetCopyData(handle_, &bytes, 0)) {
        const std::unique_ptr<char, FreeBytes> owned(bytes);
        if (auto taken = tuples.Add({bytes, static_cast<std::size_t>(size)}); !taken) {
            return taken;
        }
    }
    return EndOf(handle_);
}

Result<void> Connection::CopyIn(
    const std::string& sql, const std::function<Result<void>(const PutTuple&)>& give
) {
    const ResultPtr begun(PQexec(handle_, sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
        return Unexpected(FaultOf(handle_, begun.get(), "copy"));
    }
    const PutTuple put = [&](std::string_view bytes) -> Result<void> {
        // a length is an int, and a tuple may be larger than any that fits: in pieces
        constexpr std::size_t kMost = 1U << 20U;
        for (std::size_t at = 0; at < bytes.size(); at += kMost) {
            const auto piece = bytes.substr(at, kMost);
            if (PQputCopyData(handle_, piece.data(), static_cast<int>(piece.size())) != 1) {
                return Unexpected(FaultOf(handle_, nullptr, "copy"));
            }
        }
        return {};
    };
    const auto given =
        put(kHeader).and_then([&] { return give(put); }).and_then([&] { return put(kTrailer); });
    PQputCopyEnd(handle_, given ? nullptr : "the rows that were to come did not");
    const auto ended = EndOf(handle_);
    return given ? ended : given;
}

}  // namespace notify::postgres
