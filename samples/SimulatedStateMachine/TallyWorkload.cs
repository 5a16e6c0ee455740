using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;

namespace SimulatedStateMachine;

/// <summary>Clients vote and count; what they see must be what one counter per candidate would show.</summary>
public sealed class TallyWorkload(bool sharing = false) : StateMachineWorkload<Tally>
{
    public override Tally CreateMachine() => sharing ? new SharingTally() : new Tally();

    public override SimulatedOperation<Tally> Draw(WorkloadRandom random)
    {
        int candidate = random.Below(4);
        return random.Chance(0.5)
            ? Command("increment", candidate, 1, BitConverter.GetBytes(candidate))
            : Query("read", candidate, tally => tally.VotesOf(candidate));
    }

    public override Verdict Check(History history) =>
        LinearizabilityChecker.Check(history, LinearizabilityModels.Counter);
}
