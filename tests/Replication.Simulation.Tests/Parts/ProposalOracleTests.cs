using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Subjects;

namespace Replication.Simulation.Tests.Parts;

public sealed class ProposalOracleTests
{
    private const ulong Payload = 7;
    private static readonly LogId First = new(new Term(1), new LogIndex(1));
    private readonly SimulatedCluster _cluster = new(
        new SimulationCase(new SimulationConfig { Seed = 1 }, new FaultPlan([])),
        new KeyValueSubject(), null, null);

    private ProposalOracle Proposals => _cluster.Groups[0].Oracle.Proposals;

    [Fact]
    public void A_refused_proposal_is_never_executed()
    {
        Proposals.Proposed(Payload);
        Proposals.Ended(Payload, WriteOutcome.Rejected);
        Assert.Null(_cluster.Violation);

        Proposals.Executed(First, Payload);

        Assert.Equal("proposal-once", _cluster.Violation?.Rule);
    }

    [Fact]
    public void An_executed_proposal_is_never_refused_later()
    {
        Proposals.Proposed(Payload);
        Proposals.Executed(First, Payload);
        Assert.Null(_cluster.Violation);

        Proposals.Ended(Payload, WriteOutcome.Rejected);

        Assert.Equal("proposal-once", _cluster.Violation?.Rule);
    }

    [Fact]
    public void What_is_sent_again_after_a_refusal_or_an_unknown_outcome_may_be_executed_so_often()
    {
        for (int i = 0; i < 3; i++)
        {
            Proposals.Proposed(Payload);
        }

        Proposals.Ended(Payload, WriteOutcome.Rejected);
        Proposals.Ended(Payload, WriteOutcome.Indeterminate);
        Proposals.Executed(First, Payload);
        Proposals.Executed(new LogId(new Term(1), new LogIndex(2)), Payload);
        Assert.Null(_cluster.Violation);

        Proposals.Executed(new LogId(new Term(1), new LogIndex(3)), Payload);

        Assert.Equal("proposal-once", _cluster.Violation?.Rule);
    }

    [Fact]
    public void A_session_gives_no_request_id_twice()
    {
        Proposals.Given(new RequestId(1, 1, 1));
        Proposals.Given(new RequestId(1, 2, 1));
        Proposals.Given(new RequestId(2, 1, 1));
        Assert.Null(_cluster.Violation);

        Proposals.Given(new RequestId(1, 2, 2));

        Assert.Equal("request-id-once", _cluster.Violation?.Rule);
    }
}
