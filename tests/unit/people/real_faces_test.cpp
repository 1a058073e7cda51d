// Real photos through the real child: enrolled, told apart, and found again in an item.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/photo_reader.hpp"
#include "core/file.hpp"
#include "unit/people/fixture.hpp"
#include "unit/processors/host_fixture.hpp"

namespace notify::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::filesystem::path kSamples = NOTIFY_SAMPLE_FOLDER;

class RealFaces : public PeopleTest {
protected:
    static NewPhoto Sample(const std::string& name) {
        return {.file_name = name, .bytes = ReadFile(kSamples / name).value(), .face = std::nullopt};
    }

    /// An item with that picture, its faces looked for by the real processor.
    ItemId AnalysePicture(const std::string& name) {
        auto claim = Claim(name);
        auto seen = RunJobIn(
            host_,
            JobOfFile(
                kSamples / name, {testing::Process(claim.processes.at(0).id.Value(), "facial-recognition")}
            )
        );
        EXPECT_TRUE(seen.ran) << seen.ran.error().message;
        AddOutcome(claim, std::move(seen.outcomes.at(claim.processes.at(0).id.Value())));
        Commit();
        return claim.item.id;
    }

    ProcessorHost host_{SettingsFor(NOTIFY_PROCESSOR)};
    Enrolment with_child_{*storage_, *artifacts_, clock_, MakePhotoReader(host_, {}), PhotoModel()};
};

TEST_F(RealFaces, AreEnrolledAndNamedInWhatIsSeenBeforeAndAfter) {
    const auto before = AnalysePicture("obama3.jpg");
    ASSERT_EQ(Stored(before).status, Status::kCompleted) << Stored(before).reason;
    EXPECT_THAT(AppearancesIn(before), IsEmpty());

    const std::vector<NewPhoto> photos{
        Sample("obama.jpg"),
        Sample("obama2.jpg"),
        Sample("biden.jpg"),
        {.file_name = "notes.txt", .bytes = "not a photo at all", .face = std::nullopt}
    };
    const auto answer = ValueOf(with_child_.Enrol("Barack Obama", photos, "a test"));
    EXPECT_TRUE(answer.answers.at(0).accepted) << answer.answers[0].sentence;
    EXPECT_TRUE(answer.answers.at(1).accepted) << answer.answers[1].sentence;
    EXPECT_EQ(answer.answers.at(2).reason, "unlike");
    EXPECT_EQ(answer.answers.at(3).reason, "not_a_photo");
    EXPECT_THAT(answer.answers.at(3).sentence, HasSubstr("notes.txt cannot be read as a photo"));
    EXPECT_THAT(answer.warnings, SizeIs(1));

    EXPECT_EQ(ValueOf(relabelling_->RelabelAll({})), 1);
    const auto stranger = AnalysePicture("biden.jpg");
    EXPECT_THAT(AppearancesIn(stranger), IsEmpty());
    ASSERT_THAT(AppearancesIn(before), SizeIs(1));
    const auto appearance = AppearancesIn(before).at(0);
    EXPECT_EQ(appearance.person_id, answer.person);
    EXPECT_EQ(appearance.certainty, Certainty::kConfirmed);
    EXPECT_LT(appearance.distance, 0.29);
}

}  // namespace
}  // namespace notify::testing
