using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Engine;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>An engine that knows the public packages only keeps to the suite, and the suite finds what breaks
/// it.</summary>
public sealed class OwnEngineTests
{
    private const string Program =
        "A random program with snapshots, checkpoints, compaction and restarts equals the model, seed ";

    private const string Ends =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    // snippet: conformance
    private static readonly KeyValueEngineSuite Suite = new(new SortedEngineFactory());

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task An_engine_of_sorted_states_keeps_to(string promise) => Suite.RunAsync(promise);

    // end
    [Theory]
    [InlineData(nameof(LiveSnapshotEngine), Program + "11")]
    [InlineData(nameof(LiveSnapshotEngine),
        "What is applied is seen by the owner at once and by others once published")]
    [InlineData(nameof(RevivingEngine), Program + "11")]
    [InlineData(nameof(LateCheckpointEngine),
        "A checkpoint holds exactly the entry it was captured at while applies go on")]
    [InlineData(nameof(OldAttachmentEngine),
        "A checkpoint holds exactly the entry it was captured at while applies go on")]
    [InlineData(nameof(NarrowVersionEngine),
        "A checkpoint may be captured at a later entry that changed nothing, not at an earlier one")]
    [InlineData(nameof(CoarseTimeEngine),
        "A checkpoint may be captured at a later entry that changed nothing, not at an earlier one")]
    [InlineData(nameof(UnsyncedFile), Program + "11")]
    [InlineData(nameof(UnsyncedFile), Ends + "1")]
    [InlineData(nameof(UnnamedFile), Ends + "1")]
    [InlineData(nameof(TrustingFile), "What a restart found is still there if the power goes then")]
    public async Task An_engine_that_is_wrong_in_one_place_is_found(string engine, string promise)
    {
        KeyValueEngineSuite suite = new(new FaultyEngineFactory(engine));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_size_out_of_its_bounds_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new KeyValueEngineSuite(new SortedEngineFactory(), recordBytesMax: 1023));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new KeyValueEngineSuite(new SortedEngineFactory(), recordBytesMax: (2 << 20) + (64 << 10) + 1));
    }
}
