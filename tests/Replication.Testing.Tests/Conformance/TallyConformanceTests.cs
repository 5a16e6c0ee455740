using Replication.Testing.Conformance.StateMachines;
using SimulatedStateMachine;

namespace Replication.Testing.Tests.Conformance;

/// <summary>The suite for state machines on the sample, as the page on testing shows it.</summary>
public sealed class TallyConformanceTests
{
    // snippet: conformance
    private static readonly StateMachineSuite Tallies = new(
        () => new Tally(), random => BitConverter.GetBytes(random.Below(5)));

    public static TheoryData<string> Cases => [.. Tallies.Cases.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_sample_keeps_to(string promise) => Tallies.RunAsync(promise);

    // end
}
