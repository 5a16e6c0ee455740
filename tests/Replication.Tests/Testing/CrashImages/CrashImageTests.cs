using Replication.CrashImages.Exploring;
using Replication.CrashImages.Subjects;
using Replication.Storage.Records;

namespace Replication.Tests.Testing.CrashImages;

/// <summary>
/// A small part of what tests/Replication.CrashImages explores, and that careless storage does not pass.
/// </summary>
public class CrashImageTests
{
    private static readonly ExploringLimits Limits = new(ImagesMax: 512, RecoveryImagesMax: 16);

    [Theory]
    [InlineData("log", 2)]
    [InlineData("log-ahead", 1)]
    [InlineData("wal", 2)]
    [InlineData("snapshots", 2)]
    [InlineData("engine", 2)]
    [InlineData("identity", 2)]
    public void Every_image_of_a_crash_keeps_what_was_acknowledged_and_invents_nothing(string name, int operations)
    {
        var explorer = new Explorer(AllSubjects.Make().Single(subject => subject.Name == name), Limits);
        explorer.ExploreAll(operations);

        Assert.Empty(explorer.Findings.Select(finding => $"{finding.Violation} {finding.Replay}"));
        Assert.True(explorer.Counts.Images > 100, $"only {explorer.Counts.Images} images");
        Assert.True(explorer.Counts.DistinctImages > 10, $"only {explorer.Counts.DistinctImages} differ");
    }

    [Theory]
    [InlineData(Carelessness.NoSync, "aF")]
    [InlineData(Carelessness.NoSyncOfSegments, "aF")]
    [InlineData(Carelessness.NoSyncOfDirectories, "aF")]
    [InlineData(Carelessness.NoSyncBeforeRename, "")]
    public void A_careless_record_log_is_found_out_and_its_image_comes_again(
        Carelessness carelessness, string program)
    {
        var careless = new RecordLogSubject("log", new SegmentRecordLogFactory(),
            wrap: files => new SkippingFileSystem(files, carelessness));
        AssertFound(careless, program);
    }

    [Fact]
    public void A_careless_write_ahead_log_is_found_out() => AssertFound(
        new WalSubject("wal", new SegmentRecordLogFactory(),
            files => new SkippingFileSystem(files, Carelessness.NoSyncOfSegments)),
        "hF");

    private static void AssertFound(ISubject careless, string program)
    {
        var explorer = new Explorer(careless, Limits);
        explorer.Explore(string.Empty, program);
        Assert.NotEmpty(explorer.Findings);
        Finding finding = explorer.Findings[0];
        Assert.Contains($"--program \"{program}\"", finding.Replay, StringComparison.Ordinal);
        Assert.Equal(finding.Violation, new Explorer(careless, Limits).Replay(
            finding.Start, finding.Program, finding.CrashPoint, finding.Loss, finding.Answers));
    }
}
