using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Snapshots;

namespace Replication.Testing.Tests.Conformance.Storage;

/// <summary>A snapshot store that knows the public packages only keeps to the suite, and the suite finds what breaks
/// it.</summary>
public sealed class OwnSnapshotStoreTests
{
    private const string Ends =
        "After any end of the process or the power a whole checkpoint is there, none older than the last known, seed ";

    // snippet: conformance
    private static readonly SnapshotStoreSuite Suite = new(
        (machine, files) => new WholeStateStore(machine, new WholeFile(files, "snapshots")));

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_store_of_whole_states_keeps_to(string promise) => Suite.RunAsync(promise);

    // end
    [Theory]
    [InlineData(nameof(ForgetfulStore), "The newest checkpoint comes back with its attachment, whatever their sizes")]
    [InlineData(nameof(LateStore), "A checkpoint holds exactly the entry it was captured at while applies go on")]
    [InlineData(nameof(UnsyncedFile), "The newest checkpoint comes back with its attachment, whatever their sizes")]
    [InlineData(nameof(UnsyncedFile), Ends + "1")]
    [InlineData(nameof(UnnamedFile), Ends + "1")]
    [InlineData(nameof(TrustingFile), "What a restart found is still there if the power goes then")]
    public async Task A_store_that_is_wrong_in_one_place_is_found(string store, string promise)
    {
        SnapshotStoreSuite suite = new((machine, files) => Open(store, machine, files));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    private static WholeStateStore Open(string store, IStateMachine machine, IFileSystem files)
    {
        WholeFile file = new(files, "snapshots");
        return store switch
        {
            nameof(ForgetfulStore) => new ForgetfulStore(machine, file),
            nameof(LateStore) => new LateStore(machine, file),
            nameof(UnsyncedFile) => new WholeStateStore(machine, new UnsyncedFile(files, "snapshots")),
            nameof(TrustingFile) => new WholeStateStore(machine, new TrustingFile(files, "snapshots")),
            nameof(UnnamedFile) => new WholeStateStore(machine, new UnnamedFile(files, "snapshots")),
            _ => throw new ArgumentException($"There is no store {store}.", nameof(store)),
        };
    }
}
