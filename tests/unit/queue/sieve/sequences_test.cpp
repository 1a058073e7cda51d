#include "queue/sieve/sequences.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "queue/sieve/numbered.hpp"

namespace notify {
namespace {

using Keys = std::vector<std::string>;

/// "a.0001.dpx" and so on.
Keys Frames(const std::string& stem, int first, int count, const std::string& end = ".dpx", int width = 4) {
    Keys keys;
    for (int i = first; i < first + count; ++i) {
        keys.push_back(fmt::format("{}{:0{}}{}", stem, i, width, end));
    }
    return keys;
}

Keys Sorted(Keys keys, const Keys& more = {}) {
    keys.insert(keys.end(), more.begin(), more.end());
    std::ranges::sort(keys);
    return keys;
}

/// What a listing came to.
struct Passed {
    Keys keys;                                ///< All that was handed on, in order.
    std::map<std::string, FoundObject> many;  ///< What stands for many.
    std::set<std::string> gathered;           ///< What is part of those.

    [[nodiscard]] Keys Single() const {
        Keys single;
        std::ranges::copy_if(keys, std::back_inserter(single), [&](const std::string& key) {
            return !many.contains(key) && !gathered.contains(key);
        });
        return single;
    }
};

class Listing {
public:
    explicit Listing(std::string start_after = {}, bool gathers = true)
        : sequences_([this](const Sifted& sifted) { return Note(sifted); }, gathers, start_after) {}

    void Take(const std::string& key, std::uint64_t size = 1000) {
        EXPECT_TRUE(sequences_.Take({
            .key = key,
            .version = "1",
            .size_bytes = size,
            .modified_at = Timestamp(std::chrono::seconds(key.size())),
        }));
    }

    Passed End() {
        EXPECT_TRUE(sequences_.End());
        return passed_;
    }

    [[nodiscard]] const Passed& SoFar() const { return passed_; }

    [[nodiscard]] std::string ResumeAfter() const { return sequences_.ResumeAfter(); }

private:
    Result<void> Note(const Sifted& sifted) {
        const auto& key = sifted.object.key;
        passed_.keys.push_back(key);
        if (sifted.gathers != nullptr) {
            passed_.many[key] = sifted.object;
        }
        if (sifted.gathered) {
            passed_.gathered.insert(key);
        }
        return {};
    }

    Passed passed_;
    Sequences sequences_;
};

Passed List(const Keys& keys) {
    Listing listing;
    for (const auto& key : keys) {
        listing.Take(key);
    }
    return listing.End();
}

/// The keys of what stands for many.
Keys Many(const Passed& passed) {
    Keys keys;
    for (const auto& [key, object] : passed.many) {
        keys.push_back(key);
    }
    return keys;
}

TEST(Sequences, MakeOneObjectOfAHundredFrames) {
    const auto passed = List(Frames("shots/a.", 1, 100));
    ASSERT_EQ(Many(passed), (Keys{"shots/a.[####].dpx"}));
    const auto& sequence = passed.many.at("shots/a.[####].dpx");
    EXPECT_EQ(sequence.version, "100-100000-16000");
    EXPECT_EQ(sequence.size_bytes, 100'000U);
    EXPECT_EQ(sequence.modified_at, Timestamp(std::chrono::seconds(16)));
    EXPECT_EQ(sequence.skip_code, "image_sequence");
    EXPECT_TRUE(sequence.skip_reason.starts_with("100 numbered pictures, 1 to 100, are one sequence"))
        << sequence.skip_reason;
    EXPECT_EQ(passed.gathered.size(), 100U);
    EXPECT_TRUE(passed.Single().empty());
}

TEST(Sequences, LeaveNinetyNineFramesAsTheyAre) {
    const auto keys = Frames("shots/a.", 1, 99);
    const auto passed = List(keys);
    EXPECT_EQ(passed.keys, keys);
    EXPECT_EQ(passed.Single(), keys);
}

TEST(Sequences, AreOfOneStemAndExtensionInOneFolder) {
    auto keys = Sorted(Frames("a/x", 1, 60), Frames("b/x", 1, 60));
    keys = Sorted(keys, Frames("a/y", 1, 60));
    keys = Sorted(keys, Frames("a/x", 1, 60, ".exr"));
    keys = Sorted(keys, Frames("a/x", 1, 150, ".mp4"));
    EXPECT_EQ(List(keys).Single(), keys);
}

TEST(Sequences, KeepApartTwoThatAreListedIntoEachOther) {
    const auto notes = Frames("a.", 1, 150, ".txt");
    const auto keys = Sorted(Sorted(Frames("a.", 1, 150), Frames("a.", 1, 120, ".exr")), notes);
    const auto passed = List(keys);
    EXPECT_EQ(Many(passed), (Keys{"a.[####].dpx", "a.[####].exr"}));
    EXPECT_EQ(passed.Single(), notes);
    EXPECT_TRUE(std::ranges::is_sorted(passed.keys));
    EXPECT_EQ(passed.keys.size(), keys.size() + 2);
}

TEST(Sequences, CountNumbersOfAnyWidthAndSpellTheShortest) {
    EXPECT_EQ(Many(List(Sorted(Frames("f", 0, 120, ".dpx", 1)))), (Keys{"f[#].dpx"}));
    EXPECT_EQ(Many(List(Sorted(Frames("f", 9950, 100, ".dpx", 4)))), (Keys{"f[####].dpx"}));
    EXPECT_EQ(Many(List(Frames("", 1, 100, ".DPX", 6))), (Keys{"[######].DPX"}));
}

TEST(Sequences, KeepTheirKeyAsFramesAreAdded) {
    const auto some = List(Frames("a.", 1, 120));
    const auto more = List(Frames("a.", 1, 121));
    EXPECT_EQ(Many(some), Many(more));
    EXPECT_NE(some.many.at("a.[####].dpx").version, more.many.at("a.[####].dpx").version);
}

TEST(Sequences, AreHandedOnInByteOrderBetweenWhatStandsAroundThem) {
    const auto keys = Sorted(
        Frames("s/a.", 1, 100), {"s/a.", "s/a.0", "s/a.:x", "s/a.Z", "s/a.[", "s/a.[z", "s/a.b/x.mov", "s/b"}
    );
    const auto passed = List(keys);
    EXPECT_TRUE(std::ranges::is_sorted(passed.keys));
    EXPECT_EQ(passed.keys.size(), keys.size() + 1);
    EXPECT_EQ(Many(passed), (Keys{"s/a.[####].dpx"}));
}

TEST(Sequences, LeaveNumberedPhotosAloneWhoseSizesDiffer) {
    std::mt19937 random(1);
    for (const auto& [least, most, many] :
         {std::tuple(900, 1100, true), std::tuple(300, 1700, false), std::tuple(1000, 1000, true)}) {
        std::uniform_int_distribution<std::uint64_t> size(
            static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most)
        );
        Listing photos;
        Listing film;
        for (const auto& key : Frames("p/img-", 1, 300, "")) {
            photos.Take(key + ".jpg", size(random));
            film.Take(key + ".exr", size(random));
        }
        EXPECT_EQ(photos.End().many.size(), many ? 1U : 0U) << least << " to " << most;
        EXPECT_EQ(film.End().many.size(), 1U);
    }
}

TEST(Sequences, TakeWhatMayNotBeReadForItself) {
    Listing listing;
    Keys keys = Frames("a", 1, 120);
    Passed passed;
    Sequences sequences(
        [&](const Sifted& sifted) -> Result<void> {
            passed.keys.push_back(sifted.object.key);
            return {};
        },
        true,
        ""
    );
    for (const auto& key : keys) {
        EXPECT_TRUE(sequences.Take({.key = key, .skip_code = "unreadable"}));
    }
    EXPECT_TRUE(sequences.End());
    EXPECT_EQ(passed.keys, keys);
}

TEST(Sequences, MakeOneObjectOfAClipFolder) {
    const Keys before{"cards/7/CONTENTS/.index", "cards/7/CONTENTS/A.txt"};
    const Keys members{
        "cards/7/CONTENTS/AUDIO/0001AB00.MXF",
        "cards/7/CONTENTS/CLIP/0001AB.XML",
        "cards/7/CONTENTS/VIDEO/0001AB.MXF",
        "cards/7/CONTENTS/other.bin",
    };
    const Keys after{"cards/7/CONTENTS/~notes", "cards/7/LASTCLIP.TXT", "cards/8/a.mp4"};
    const auto passed = List(Sorted(Sorted(before, members), after));
    EXPECT_EQ(Many(passed), (Keys{"cards/7/CONTENTS/{folder}"}));
    EXPECT_EQ(passed.gathered, std::set<std::string>(members.begin(), members.end()));
    EXPECT_TRUE(std::ranges::is_sorted(passed.keys));
    const auto& folder = passed.many.at("cards/7/CONTENTS/{folder}");
    EXPECT_EQ(folder.skip_code, "clip_folder");
    EXPECT_EQ(folder.version, "4-4000-35000");
    EXPECT_TRUE(folder.skip_reason.starts_with("4 files are a Panasonic P2 card")) << folder.skip_reason;
}

TEST(Sequences, FindEachOfTwoCardsSideBySide) {
    const auto passed = List(
        {"a.RDC/a_001.R3D",
         "a.RDC/a_002.R3D",
         "b.RDC/b_001.R3D",
         "c/BPAV/CLPR/x/x.MP4",
         "c/BPAV/MEDIAPRO.XML"}
    );
    EXPECT_EQ(Many(passed), (Keys{"a.RDC/{folder}", "b.RDC/{folder}", "c/BPAV/{folder}"}));
    EXPECT_TRUE(passed.Single().empty());
}

TEST(Sequences, GatherNothingAfterAKeyOutOfOrderNorWhenTheyAreNotWanted) {
    Keys keys{"z"};
    std::ranges::copy(Frames("a.", 1, 150), std::back_inserter(keys));
    EXPECT_EQ(List(keys).Single(), keys);
    Listing plain("", false);
    for (const auto& key : Frames("a.", 1, 150)) {
        plain.Take(key);
        EXPECT_EQ(plain.ResumeAfter(), key);
    }
    EXPECT_EQ(plain.End().Single().size(), 150U);
}

TEST(Sequences, WaitForAHundredthFrameNoLongerThanAFewThousandObjects) {
    Listing listing;
    listing.Take("1.dpx");
    for (int i = 0; i < 5000; ++i) {
        listing.Take(fmt::format("1/{:05}", i));
    }
    EXPECT_GE(listing.SoFar().keys.size(), 900U);
    EXPECT_EQ(listing.End().keys.size(), 5001U);
}

TEST(Sequences, PassAnErrorOfTheirSinkOn) {
    Sequences sequences([](const Sifted&) { return Fail(ErrorCode::kStorageFull, "full"); }, true, "");
    EXPECT_EQ(sequences.Take({.key = "a"}).error().code, ErrorCode::kStorageFull);
}

/// Folders with frames, photos, cards and other files, sorted.
Keys RandomTree(std::mt19937& random) {
    const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    std::set<std::string> keys;
    for (int part = 0; part < 12; ++part) {
        const auto folder =
            fmt::format("{}{}", std::string(static_cast<std::size_t>(number(2)), '1'), number(3));
        const auto stem = fmt::format(
            "{}/{}",
            folder,
            std::array{"", "a", "a.", "1", "a1b", "Z_"}.at(static_cast<std::size_t>(number(5)))
        );
        const auto* const end =
            std::array{".dpx", ".jpg", ".txt", ".exr"}.at(static_cast<std::size_t>(number(3)));
        for (const auto& key : Frames(stem, number(200), 1 + number(220), end, 1 + number(3))) {
            keys.insert(key);
        }
        if (number(3) == 0) {
            keys.insert(folder + "/CONTENTS/VIDEO/1.MXF");
            keys.insert(folder + "/CONTENTS/CLIP/1.XML");
        }
        keys.insert(fmt::format("{}.dpx", number(500)));
    }
    return {keys.begin(), keys.end()};
}

/// What the rule says, with all keys at hand. Sizes are all the same.
std::map<std::string, int> Expected(const Keys& keys) {
    std::map<std::pair<std::string, std::string>, Keys> stems;
    std::map<std::string, int> many;
    for (const auto& key : keys) {
        if (const auto at = key.find("/CONTENTS/"); at != std::string::npos) {
            ++many[key.substr(0, at) + "/CONTENTS/{folder}"];
        } else if (const auto name = ParseNumbered(key)) {
            stems[{std::string(name->stem), std::string(name->extension)}].push_back(
                std::string(name->digits)
            );
        }
    }
    for (const auto& [name, digits] : stems) {
        if (digits.size() >= kSequenceLength) {
            const auto shortest = std::ranges::min(digits, {}, &std::string::size).size();
            const auto key = fmt::format("{}[{}].{}", name.first, std::string(shortest, '#'), name.second);
            many[key] = static_cast<int>(digits.size());
        }
    }
    return many;
}

TEST(Sequences, ComeToWhatTheRuleSaysOfAnyTree) {
    for (unsigned int seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const auto keys = RandomTree(random);
        const auto passed = List(keys);
        const auto expected = Expected(keys);
        ASSERT_EQ(passed.many.size(), expected.size()) << seed;
        std::size_t gathered = 0;
        for (const auto& [key, count] : expected) {
            ASSERT_TRUE(passed.many.contains(key)) << key;
            EXPECT_TRUE(passed.many.at(key).version.starts_with(std::to_string(count) + "-"));
            gathered += static_cast<std::size_t>(count);
        }
        EXPECT_EQ(passed.gathered.size(), gathered);
        EXPECT_EQ(passed.keys.size(), keys.size() + expected.size());
        EXPECT_TRUE(std::ranges::is_sorted(passed.keys)) << seed;
    }
}

TEST(Sequences, ComeToTheSameWhenTheListingIsBrokenOffAndBegunAgain) {
    for (unsigned int seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const auto keys = RandomTree(random);
        const auto whole = List(keys);
        for (int piece = 0; piece < 5; ++piece) {
            const auto cut = std::uniform_int_distribution<std::size_t>(0, keys.size())(random);
            Listing first;
            std::for_each_n(keys.begin(), cut, [&](const std::string& key) { first.Take(key); });
            const auto resume = first.ResumeAfter();
            std::set<std::string> seen;
            std::ranges::copy_if(first.SoFar().keys, std::inserter(seen, seen.end()), [&](const auto& key) {
                return key <= resume;
            });
            Listing second(resume);
            for (const auto& key : keys) {
                if (key > resume) {
                    second.Take(key);
                }
            }
            const auto rest = second.End();
            seen.insert(rest.keys.begin(), rest.keys.end());
            EXPECT_EQ(seen, std::set<std::string>(whole.keys.begin(), whole.keys.end()))
                << seed << " " << cut;
            for (const auto& [key, object] : rest.many) {
                ASSERT_TRUE(whole.many.contains(key)) << key;
                EXPECT_EQ(object.version, whole.many.at(key).version);
            }
        }
    }
}

}  // namespace
}  // namespace notify
