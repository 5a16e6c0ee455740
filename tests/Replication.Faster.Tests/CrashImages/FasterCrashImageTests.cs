using Replication.CrashImages.Exploring;
using Replication.CrashImages.Subjects;

namespace Replication.Faster.Tests.CrashImages;

/// <summary>What a crash leaves of FasterLog's own writes, recorded and enumerated.</summary>
public class FasterCrashImageTests
{
    private static readonly ExploringLimits Limits = new(ImagesMax: 256, RecoveryImagesMax: 8);

    [Theory]
    [InlineData("faster-log", "abF")]
    [InlineData("faster-wal", "heEF")]
    public void Every_image_of_a_crash_keeps_what_was_acknowledged_and_invents_nothing(string name, string program)
    {
        var explorer = new Explorer(AllSubjects.Make().Single(subject => subject.Name == name), Limits);
        explorer.ExploreAll(operationsMax: 1);
        explorer.Explore(string.Empty, program);

        Assert.Empty(explorer.Findings.Select(finding => $"{finding.Violation} {finding.Replay}"));
        Assert.True(explorer.Counts.Images > 100, $"only {explorer.Counts.Images} images");
    }

    [Fact]
    public void A_careless_log_is_found_out()
    {
        var explorer = new Explorer(
            new RecordLogSubject("faster-log", new FasterRecordLogFactory(),
                wrap: files => new SkippingFileSystem(files, Carelessness.NoSyncOfSegments)),
            Limits);
        explorer.Explore(string.Empty, "aF");
        Assert.NotEmpty(explorer.Findings);
    }
}
