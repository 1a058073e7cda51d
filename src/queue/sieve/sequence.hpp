#pragma once

// Numbered pictures of one stem and extension in one folder, while they are being listed.

#include <cstdint>
#include <string>
#include <string_view>

#include "queue/sieve/gathering.hpp"
#include "queue/sieve/numbered.hpp"
#include "sources/source.hpp"

namespace notify {

/// So many are a sequence.
inline constexpr std::uint64_t kSequenceLength = 100;

/// Takes its members in byte order of their keys, and holds none of them.
class Sequence final {
public:
    enum class State : std::uint8_t {
        kOpen,      ///< Too few yet to know.
        kSequence,  ///< They are one.
        kSingles,   ///< They are not.
    };

    /// `resumes_after`: what ResumeAfter of the listing was before its first member.
    Sequence(const NumberedName& first, std::string resumes_after);

    [[nodiscard]] bool Takes(const NumberedName& name) const;
    void Add(const NumberedName& name, const FoundObject& object);

    /// Whatever comes, they are single files.
    void GiveUp() { state_ = State::kSingles; }

    [[nodiscard]] State Is() const { return state_; }

    /// True when no member can come any more at or after the key.
    [[nodiscard]] bool IsPast(std::string_view key) const;

    /// "shots/a.[####].dpx": as many # as the shortest number has digits. In byte order it stands after all
    /// members.
    [[nodiscard]] const std::string& Key() const { return key_; }

    [[nodiscard]] const std::string& ResumesAfter() const { return resumes_after_; }

    [[nodiscard]] const Gathering& Members() const { return members_; }

    /// All of them as one object, which is skipped as "image_sequence".
    [[nodiscard]] FoundObject AsObject() const;

private:
    void Spell();
    [[nodiscard]] bool AreAlike() const;

    std::string stem_;
    std::string extension_;
    FrameFormat format_;
    std::size_t digits_;  ///< Of the shortest number.
    std::string key_;
    std::string resumes_after_;
    State state_ = State::kOpen;
    Gathering members_;
    std::uint64_t first_number_ = 0;
    std::uint64_t last_number_ = 0;
    std::uint64_t last_bytes_ = 0;  ///< Size of the last one.
    std::uint64_t changes_ = 0;     ///< Bytes by which neighbours differ, summed.
};

}  // namespace notify
