using Replication.Testing.Conformance;
using Replication.Testing.Conformance.StateMachines;
using Replication.Testing.Simulation;

namespace Replication.Testing.Tests.Conformance;

/// <summary>The suite for state machines passes good ones, and each of its cases can fail.</summary>
public sealed class StateMachineSuiteTests
{
    public static TheoryData<string, string> Plants => new()
    {
        { nameof(SharedCountMachine), "Equal commands give equal results and equal states" },
        { nameof(HalfSavedMachine),
            "A snapshot of any point, restored, goes on with the same results to the same state" },
        { nameof(NeverEmptyMachine), "A machine that has executed nothing can be captured and restored" },
        { nameof(AddingMachine), "A restore leaves nothing of what the machine held before" },
        { nameof(LiveSnapshotMachine), "Later commands do not change what a snapshot writes" },
        { nameof(LiveSnapshotMachine), "Commands may be executed while a snapshot is written" },
        { nameof(PointerMachine), "The bytes of a command are not kept beyond the call" },
        { nameof(GarbageAnswerMachine), "Every byte of a result is written" },
        { nameof(ImpatientMachine), "A snapshot is restored from a stream that gives few bytes at a time" },
        { nameof(ClosingMachine), "A snapshot leaves its stream open" },
    };

    [Fact]
    public Task A_list_of_commands_keeps_to_all() => SuiteOf(nameof(ListMachine)).RunAllAsync();

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task A_machine_that_breaks_a_promise_is_found(string machine, string promise)
    {
        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(
            () => SuiteOf(machine).RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_promise_has_a_machine_that_breaks_it() =>
        Assert.Equal(
            SuiteOf(nameof(ListMachine)).Cases.Select(each => each.Name), Plants.Select(row => (string)row[1]));

    [Fact]
    public async Task A_case_that_is_not_there_is_an_error_of_the_caller() =>
        await Assert.ThrowsAsync<ArgumentException>(() => SuiteOf(nameof(ListMachine)).RunAsync("No such promise"));

    private static StateMachineSuite SuiteOf(string machine) => new(() => Create(machine), Draw);

    private static ReadOnlyMemory<byte> Draw(WorkloadRandom random) =>
        new byte[] { (byte)random.Below(200), (byte)random.Unique() };

    private static ListMachine Create(string machine) => machine switch
    {
        nameof(SharedCountMachine) => new SharedCountMachine(),
        nameof(HalfSavedMachine) => new HalfSavedMachine(),
        nameof(NeverEmptyMachine) => new NeverEmptyMachine(),
        nameof(AddingMachine) => new AddingMachine(),
        nameof(LiveSnapshotMachine) => new LiveSnapshotMachine(),
        nameof(PointerMachine) => new PointerMachine(),
        nameof(GarbageAnswerMachine) => new GarbageAnswerMachine(),
        nameof(ImpatientMachine) => new ImpatientMachine(),
        nameof(ClosingMachine) => new ClosingMachine(),
        _ => new ListMachine(),
    };
}
