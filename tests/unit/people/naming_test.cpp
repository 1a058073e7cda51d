#include "people/naming.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/people/faces.hpp"

namespace notify::testing {
namespace {

const Embedding kAda = FaceOf(0);
const Embedding kBob = FaceOf(1);

Gallery AdaAndBob() {
    return MakeGalleryOf({MakeKnown("Ada", {kAda, kAda, kAda}), MakeKnown("Bob", {kBob, kBob, kBob})});
}

/// "Ada", "Ada?" for a possible name, "-" for none.
std::vector<std::string> NamesOf(const std::vector<SeenFace>& seen) {
    std::vector<TrackFacts> tracks;
    for (const auto& one : seen) {
        tracks.push_back(FactsOf(one));
    }
    const auto gallery = AdaAndBob();
    std::vector<std::string> names;
    for (const auto& match : NameTracks(tracks, gallery)) {
        const bool possible = match && match->certainty == Certainty::kPossible;
        names.push_back(match ? gallery.people[match->person].name + (possible ? "?" : "") : "-");
    }
    return names;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Naming, GivesEachLinkItsName) {
    EXPECT_THAT(
        NamesOf(
            {{.track = 1, .link = 1, .shots = {kAda}},
             {.track = 2, .link = 2, .shots = {kBob}},
             {.track = 3, .link = 3, .shots = {FaceOf(9)}}}
        ),
        ElementsAre("Ada", "Bob", "-")
    );
}

TEST(Naming, NamesATrackThatIsTooFarByItselfThroughItsLink) {
    const std::vector<Embedding> near(3, FaceAt(kAda, 0.1, 50));
    EXPECT_THAT(
        NamesOf(
            {{.track = 1, .link = 1, .shots = near},
             {.track = 2, .link = 1, .start_ms = 2000, .end_ms = 3000, .shots = {FaceAt(kAda, 0.4, 51)}}}
        ),
        ElementsAre("Ada", "Ada")
    );
}

TEST(Naming, GivesOneOfTwoFacesThatAreSeenTogetherTheName) {
    EXPECT_THAT(
        NamesOf(
            {{.track = 1, .link = 1, .shots = {FaceAt(kAda, 0.2, 50)}},
             {.track = 2, .link = 2, .start_ms = 500, .end_ms = 1500, .shots = {kAda}},
             {.track = 3, .link = 3, .start_ms = 1200, .end_ms = 2500, .shots = {FaceAt(kAda, 0.1, 50)}}}
        ),
        ElementsAre("-", "Ada", "Ada")
    ) << "the nearer one; an overlap of a sample is none";
}

TEST(Naming, DoesNotNameATrackThatIsFarFromItsLinksPerson) {
    const std::vector<Embedding> near(5, kAda);
    for (const auto& [distance, name] : {std::pair(0.47, "Ada"), std::pair(0.49, "-")}) {
        EXPECT_THAT(
            NamesOf(
                {{.track = 1, .link = 1, .start_ms = 0, .end_ms = 1000, .shots = near},
                 {.track = 2,
                  .link = 1,
                  .start_ms = 5000,
                  .end_ms = 6000,
                  .shots = {FaceAt(kAda, distance, 51)}}}
            ),
            ElementsAre("Ada", name)
        );
    }
}

TEST(Naming, LetsATrackOfSeveralShotsDoubtItsLink) {
    // two who look alike have become one link: the second is no more than possible by itself, then nobody
    const std::vector<Embedding> near(7, kAda);
    for (const auto& [distance, name] :
         {std::pair(0.37, "Ada"), std::pair(0.378, "Ada?"), std::pair(0.39, "-")}) {
        const std::vector<Embedding> shots(3, FaceAt(kAda, distance, 51));
        EXPECT_THAT(
            NamesOf(
                {{.track = 1, .link = 1, .start_ms = 0, .end_ms = 1000, .shots = near},
                 {.track = 2, .link = 1, .start_ms = 5000, .end_ms = 6000, .shots = shots, .quality = 0.1}}
            ),
            ElementsAre("Ada", name)
        ) << distance;
    }
}

TEST(Naming, TakesATracksOwnClearEvidenceBeforeThatOfItsLink) {
    const std::vector<Embedding> ada(7, kAda);
    const std::vector<Embedding> bob(3, kBob);
    EXPECT_THAT(
        NamesOf(
            {{.track = 1, .link = 1, .shots = ada}, {.track = 2, .link = 1, .shots = bob, .quality = 0.02}}
        ),
        ElementsAre("Ada", "Bob")
    );
}

TEST(Naming, NeedsThreeShotsForATracksOwnEvidence) {
    const std::vector<Embedding> ada(7, kAda);
    const std::vector<Embedding> bob(2, kBob);
    EXPECT_THAT(
        NamesOf(
            {{.track = 1, .link = 1, .shots = ada}, {.track = 2, .link = 1, .shots = bob, .quality = 0.02}}
        ),
        ElementsAre("Ada", "-")
    );
}

TEST(Naming, NamesAClearTrackOfALinkWithoutAName) {
    const std::vector<Embedding> stranger(5, FaceOf(9));
    const std::vector<Embedding> ada(3, FaceAt(kAda, 0.2, 50));
    EXPECT_THAT(
        NamesOf({{.track = 1, .link = 1, .shots = stranger}, {.track = 2, .link = 1, .shots = ada}}),
        ElementsAre("-", "Ada")
    );
    const std::vector<Embedding> unsure(3, FaceAt(kAda, 0.31, 50));  // above 0.347 - 0.04
    EXPECT_THAT(
        NamesOf({{.track = 1, .link = 1, .shots = stranger}, {.track = 2, .link = 1, .shots = unsure}}),
        ElementsAre("-", "-")
    );
}

TEST(Naming, ShowsAPossibleNameWithItsFlag) {
    EXPECT_THAT(NamesOf({{.shots = {FaceAt(kAda, 0.35, 50)}}}), ElementsAre("Ada?"));
}

TEST(Naming, LeavesTracksWithoutShotsWithoutNames) {
    EXPECT_THAT(
        NamesOf({{.track = 1, .link = 1, .shots = {kAda}}, {.track = 2, .link = 1, .shots = {}}}),
        ElementsAre("Ada", "-")
    );
    EXPECT_THAT(NamesOf({}), IsEmpty());
}

}  // namespace
}  // namespace notify::testing
