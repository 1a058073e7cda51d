#include "sources/objects/object_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::objects {

namespace {

constexpr std::uint64_t kLeastPiece = 256U << 10U;

}  // namespace

ObjectReader::ObjectReader(ReadRange read, std::uint64_t size, std::stop_token stop, ReadAhead ahead)
    : read_(std::move(read)), size_(size), ahead_(ahead), stop_(std::move(stop)), next_offset_(size_) {}

ObjectReader::~ObjectReader() {
    DropAll();
    for (auto& thread : threads_) {
        thread.request_stop();
    }
}

std::uint64_t ObjectReader::FetchedBytes() const {
    const std::scoped_lock lock(mutex_);
    return fetched_bytes_;
}

std::size_t ObjectReader::PeakBytes() const {
    const std::scoped_lock lock(mutex_);
    return peak_bytes_;
}

Result<std::size_t> ObjectReader::ReadAt(std::uint64_t offset, std::span<std::byte> into) {
    if (stop_.stop_requested()) {
        return Fail(ErrorCode::kStopped, "reading was stopped");
    }
    if (offset >= size_ || into.empty()) {
        return 0;
    }
    into = into.first(std::min<std::uint64_t>(into.size(), size_ - offset));
    const bool reads_on = offset == next_offset_;
    next_offset_ = offset + into.size();
    const bool within = !pieces_.empty() && offset >= pieces_.front()->offset && offset < wanted_until_;
    if (!reads_on && !within) {
        DropAll();
        run_begin_ = offset;
        return ReadDirectly(offset, into).map([&] { return into.size(); });
    }
    if (!within) {
        DropAll();
        wanted_until_ = offset;
    }
    return ReadFromPieces(offset, into);
}

Result<void> ObjectReader::ReadDirectly(std::uint64_t offset, std::span<std::byte> into) {
    {
        const std::scoped_lock lock(mutex_);
        fetched_bytes_ += into.size();
    }
    return read_(offset, into, stop_);
}

Result<std::size_t> ObjectReader::ReadFromPieces(std::uint64_t offset, std::span<std::byte> into) {
    StartThreads();
    std::size_t done = 0;
    while (done < into.size()) {
        const auto at = offset + done;
        DropUntil(at);
        WantAhead(at);
        std::unique_lock lock(mutex_);
        const auto piece = pieces_.front();
        const bool ended = changed_.wait(lock, stop_, [&] {
            return piece->state == Piece::State::kThere || piece->state == Piece::State::kFailed;
        });
        if (!ended) {
            return Fail(ErrorCode::kStopped, "reading was stopped");
        }
        if (piece->error) {
            auto error = *piece->error;
            lock.unlock();
            DropAll();
            return Unexpected(std::move(error));
        }
        const auto skip = at - piece->offset;
        const auto count = std::min(into.size() - done, piece->bytes.size() - skip);
        std::memcpy(into.data() + done, piece->bytes.data() + skip, count);
        done += count;
    }
    DropUntil(offset + done);
    return done;
}

/// Pieces that end at or before `offset` are done with; one still under way takes memory, and is waited for.
void ObjectReader::DropUntil(std::uint64_t offset) {
    std::unique_lock lock(mutex_);
    while (!pieces_.empty() && pieces_.front()->offset + pieces_.front()->bytes.size() <= offset) {
        const auto piece = pieces_.front();
        piece->stop.request_stop();
        changed_.wait(lock, [&] { return piece->state != Piece::State::kUnderWay; });
        held_bytes_ -= piece->bytes.size();
        pieces_.pop_front();
    }
}

/// Forgets all pieces; those under way are stopped and waited for, as they still take memory.
void ObjectReader::DropAll() {
    std::unique_lock lock(mutex_);
    for (const auto& piece : pieces_) {
        piece->stop.request_stop();
    }
    changed_.wait(lock, [&] {
        return std::ranges::none_of(pieces_, [](const auto& piece) {
            return piece->state == Piece::State::kUnderWay;
        });
    });
    pieces_.clear();
    held_bytes_ = 0;
    wanted_until_ = 0;
}

/// As far ahead as was read so far, twice; at least one piece, and no more than memory allows.
void ObjectReader::WantAhead(std::uint64_t read_until) {
    const std::scoped_lock lock(mutex_);
    const auto most = std::uint64_t{ahead_.piece_bytes} * ahead_.pieces_ahead;
    const auto ahead = std::clamp(2 * (read_until - run_begin_), kLeastPiece, std::max(most, kLeastPiece));
    const std::uint64_t limit = ahead_.piece_bytes;
    const auto piece_bytes =
        std::clamp<std::uint64_t>(ahead / ahead_.at_once, std::min(kLeastPiece, limit), limit);
    while (wanted_until_ < size_ &&
           (pieces_.empty() ||
            (pieces_.size() < ahead_.pieces_ahead && wanted_until_ + piece_bytes <= read_until + ahead))) {
        auto piece = std::make_shared<Piece>();
        piece->offset = wanted_until_;
        piece->bytes.resize(std::min(piece_bytes, size_ - wanted_until_));
        wanted_until_ += piece->bytes.size();
        held_bytes_ += piece->bytes.size();
        peak_bytes_ = std::max(peak_bytes_, held_bytes_);
        fetched_bytes_ += piece->bytes.size();
        pieces_.push_back(std::move(piece));
    }
    changed_.notify_all();
}

void ObjectReader::StartThreads() {
    while (threads_.size() < ahead_.at_once) {
        threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
    }
}

void ObjectReader::Work(const std::stop_token& stop) {
    const auto next = [this] {
        return std::ranges::find(pieces_, Piece::State::kWanted, [](const auto& piece) {
            return piece->state;
        });
    };
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return next() != pieces_.end(); })) {
        const auto piece = *next();
        piece->state = Piece::State::kUnderWay;
        lock.unlock();
        Result<void> done;
        {
            const std::stop_callback outer(stop_, [&] { piece->stop.request_stop(); });
            done = read_(
                piece->offset, std::as_writable_bytes(std::span(piece->bytes)), piece->stop.get_token()
            );
        }
        lock.lock();
        piece->state = done ? Piece::State::kThere : Piece::State::kFailed;
        if (!done) {
            piece->error = done.error();
        }
        changed_.notify_all();
    }
}

}  // namespace notify::objects
