using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Shrinking;
using Replication.Testing.Simulation.Subjects;
using Replication.Testing.Simulation.Workloads;
using Replication.Transport;

namespace Replication.Simulation.Tests;

/// <summary>Several groups on every node, over its one log.</summary>
public sealed class GroupTests
{
    private const int Groups = 3;

    private static readonly SimulationConfig Config = new()
    {
        Seed = 1,
        Nodes = 3,
        Groups = Groups,
        Clients = 8,
        OperationsPerSecond = 200,
        SafetyMilliseconds = 8_000,
        GroupPhaseMilliseconds = 1_500,
    };

    [Fact]
    public void Each_group_elects_a_leader_and_takes_writes_and_its_replicas_converge()
    {
        List<string> lines = [];
        SimulationResult result = SimulationRun.Execute(Config, FaultPlan.None, lines.Add);

        // Convergence of every group is a rule of the run.
        Assert.True(result.Verdict.Validity == Validity.Valid, result.Verdict.ToString());
        Assert.True(result.Elections >= Groups, $"{result.Elections} elections");
        Assert.Equal(1, result.Probes[Probe.SeveralGroups]);
        for (int group = 0; group < Groups; group++)
        {
            string name = group == 0 ? "(simulated)" : $"(simulated-{group + 1})";
            Assert.Contains(lines, line => line.Contains(" leads term ", StringComparison.Ordinal)
                && line.EndsWith(name, StringComparison.Ordinal));
            Assert.NotEqual(0, WritesOf(result, group));
        }

        Assert.True(
            BusyWritesOf(result) > 4 * result.Operations.Count(operation => operation.IsWrite) / 5,
            "all groups but one are nearly idle at a time");
    }

    [Fact]
    public void A_message_of_one_group_reaches_no_other()
    {
        SimulatedCluster cluster = new(
            new SimulationCase(Config, FaultPlan.None), new KeyValueSubject(), null, null);
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.StartAt(0);
        }

        cluster.RunUntil(
            5_000_000_000, () => Array.TrueForAll(cluster.Groups, group => group.Leader is not null));
        SimulatedGroup of = cluster.Groups[1];
        SimulatedNode receiver = cluster.Nodes.First(node => node != of.Leader);
        receiver.Receive(new NodeId(of.Leader!.Number), new RaftPeerMessage(of.Id, new Heartbeat
        {
            From = new NodeId(of.Leader.Number),
            To = new NodeId(receiver.Number),
            Term = new Term(1_000),
            CommitIndex = default,
            Round = 1,
        }, []));
        cluster.RunUntil(cluster.Now + 10_000_000);

        Assert.All(cluster.Groups, group => Assert.Equal(
            group == of, receiver.RaftOf(group).CurrentTerm == new Term(1_000)));
        Assert.Throws<InvalidOperationException>(() => cluster.Group(default));
    }

    [Fact]
    public void A_transaction_is_of_one_group()
    {
        PlannedCall call = new(
            1, 0, 0, false, OperationKind.Transaction, 0, 0, 0, [new ListStep(1, 1), new ListStep(4, 1)]);

        Assert.Equal(1, new SimulationCase(Config, FaultPlan.None, [call]).Calls![0].GroupOf(Groups));
        Assert.Throws<FormatException>(
            () => new SimulationCase(Config with { Groups = 2 }, FaultPlan.None, [call]));
    }

    [Fact]
    public void Every_fourth_seed_of_the_swarm_has_several_groups_and_nothing_else_of_the_others_moves()
    {
        SimulationConfig[] drawn = [.. Enumerable.Range(1, 400).Select(seed => SimulationProfiles.Swarm((ulong)seed))];

        Assert.InRange(drawn.Count(config => config.Groups > 1), 70, 130);
        Assert.All(drawn, config => Assert.InRange(config.Groups, 1, Groups));
        Assert.All(drawn.Where(config => config.Groups == 1), config => Assert.Equal(
            SimulationProfiles.SwarmOfOneGroup(config.Seed), config));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Groups)]
    public void A_failure_shrinks_to_one_group_unless_it_needs_more(int needed)
    {
        SimulationResult Run(SimulationCase run)
        {
            SimulationResult result = SimulationRun.Execute(run);
            return run.Config.Groups >= needed && WritesOf(result, run.Config.Groups - 1) > 0
                ? result with { Violation = new SimulationViolation("planted", "in this test alone", 0) } : result;
        }

        ShrinkResult shrunk = Shrinker.Shrink(
            Run(new SimulationCase(Config, FaultPlan.None)), new ShrinkOptions { RunsMax = 200 }, Run);

        Assert.Equal(needed, shrunk.Case.Config.Groups);
        PlannedCall call = Assert.Single(shrunk.Case.Calls!);
        Assert.Equal(needed - 1, call.GroupOf(needed));
    }

    private static int BusyWritesOf(SimulationResult result) => result.Operations.Count(operation =>
        operation.IsWrite && operation.Plan.GroupOf(Groups)
            == operation.Plan.AtNanoseconds / (Config.GroupPhaseMilliseconds * 1_000_000) % Groups);

    private static int WritesOf(SimulationResult result, int group) => result.Operations.Count(operation =>
        operation.IsWrite && operation.Outcome == HistoryEventType.Ok
        && operation.Plan.GroupOf(result.Config.Groups) == group);
}
