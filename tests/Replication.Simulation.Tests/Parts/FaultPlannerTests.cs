using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;

namespace Replication.Simulation.Tests.Parts;

public sealed class FaultPlannerTests
{
    [Fact]
    public void Plans_never_damage_more_than_a_minority_of_disks()
    {
        int damages = 0;
        for (ulong seed = 1; seed <= 500; seed++)
        {
            SimulationConfig config = SimulationProfiles.Swarm(seed) with { Faults = FaultClasses.All };
            FaultPlan plan = FaultPlanner.Draw(config);
            int damaged = plan.Faults.Count(fault => fault.Kind is FaultKind.SyncError or FaultKind.WriteError
                or FaultKind.BitRot or FaultKind.Wipe or FaultKind.LyingFlush or FaultKind.LostWrite
                or FaultKind.MisdirectedWrite or FaultKind.Rollback);
            Assert.True(damaged <= (config.Nodes - 1) / 2, $"seed {seed}: {damaged} of {config.Nodes}");
            damages += damaged;
        }

        Assert.True(damages > 100);
    }

    [Fact]
    public void A_class_that_is_off_is_not_drawn_from_and_all_kinds_are_drawn_over_many_plans()
    {
        HashSet<FaultKind> seen = [];
        for (ulong seed = 1; seed <= 300; seed++)
        {
            SimulationConfig config = SimulationProfiles.Mixed(seed);
            seen.UnionWith(FaultPlanner.Draw(config).Faults.Select(fault => fault.Kind));
            FaultPlan kills = FaultPlanner.Draw(config with { Faults = FaultClasses.Kills });
            Assert.All(kills.Faults, fault => Assert.True(
                fault.Kind == FaultKind.Kill || (config.HasCrashLoops && fault.Kind == FaultKind.CrashLoop)));
        }

        Assert.Empty(Enum.GetValues<FaultKind>().Except(seen));
    }

    [Fact]
    public void A_plan_draws_each_kind_from_the_class_that_the_kind_is_said_to_be_of()
    {
        foreach (FaultClasses of in Enum.GetValues<FaultClasses>().Where(of => int.IsPow2((int)of)))
        {
            HashSet<FaultKind> drawn = [];
            for (ulong seed = 1; seed <= 300; seed++)
            {
                SimulationConfig config = SimulationProfiles.Mixed(seed) with { Faults = of };
                drawn.UnionWith(FaultPlanner.Draw(config).Faults.Select(fault => fault.Kind));
            }

            Assert.Equal(Enum.GetValues<FaultKind>().Where(kind => FaultPlanner.ClassOf(kind) == of), drawn.Order());
        }
    }

    [Fact]
    public void Knobs_stay_within_what_the_core_accepts()
    {
        for (ulong seed = 1; seed <= 1_000; seed++)
        {
            SimulationConfig config = SimulationProfiles.Swarm(seed);
            Assert.InRange(config.Nodes, 1, 7);
            Assert.True(config.ElectionTimeoutMinMilliseconds >= 2 * config.HeartbeatMilliseconds);
            Assert.True(config.LogBytesMax >= 4 * config.CheckpointLogBytes);
            Assert.True(config.DamagedNodesMax <= (config.Nodes - 1) / 2);
        }
    }
}
