using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation.Tests.Scenarios;

/// <summary>Rows 13 to 29 and 74 of docs/scenarios.md on whole clusters.</summary>
public sealed class ReplicationScenarios
{
    private static readonly Script Base = new();

    [Fact]
    public void What_dead_leaders_left_is_committed_by_the_next_one_with_its_own_first_entry()
    {
        (Base with
        {
            Config = Base.Config with { Nodes = 5, FlushMicroseconds = 5_000 },
            Faults = [.. Every(1_000, at => new PlannedFault(at, FaultKind.Kill, 0, 0, 200, 0))],
        }).Reach(Probe.LeaderWithUncommittedEntries, Probe.EarlierTermOnMajority,
            Probe.EntryFromEarlierTermCommitted, Probe.SeveralTermsCommittedAtOnce);
    }

    [Fact]
    public void A_deposed_leader_voids_what_it_had_alone_and_keeps_to_that_through_a_power_loss()
    {
        (Base with
        {
            Config = Base.Config with { Nodes = 5 },
            Faults =
            [
                .. Every(2_000, at => new PlannedFault(at, FaultKind.Isolate, 0, 0, 1_000, 0)),
                .. Every(2_000, at => new PlannedFault(at + 1_500, FaultKind.PowerLossOfAll, 0, 0, 100, 0)),
            ],
        }).Reach(Probe.LogTruncated, Probe.RestartAfterTruncation, Probe.AppendBeforeDeadTail);
    }

    [Fact]
    public void A_window_whose_messages_overtake_each_other_get_lost_or_come_twice_ends_in_equal_logs()
    {
        (Base with
        {
            Config = Base.Config with { AppendEntriesMax = 4, InflightMessagesMax = 16 },
            Faults =
            [
                new PlannedFault(1_000, FaultKind.Reordering, 0, 0, 6_000, 300),
                new PlannedFault(1_000, FaultKind.Duplication, 0, 0, 6_000, 300),
                new PlannedFault(1_000, FaultKind.Loss, 0, 0, 6_000, 50),
            ],
        }).Reach(Probe.AppendAfterGap, Probe.AppendOfOlderPart, Probe.CommitBeyondMessage,
            Probe.RefusalOfMatched, Probe.AcknowledgementOutOfOrder, Probe.OlderCommitIndex, Probe.AppendSentAgain);
    }

    [Fact]
    public void A_window_under_way_when_its_connection_breaks_is_sent_again()
    {
        (Base with
        {
            Config = Base.Config with { Network = NetworkMode.Connections, LatencyMicroseconds = 5_000 },
            Faults =
            [
                .. Every(500, at => new PlannedFault(at, FaultKind.BreakConnection, 1, 2, 10, 0)),
                .. Every(500, at => new PlannedFault(at + 100, FaultKind.BreakConnection, 2, 3, 10, 0)),
                .. Every(500, at => new PlannedFault(at + 200, FaultKind.BreakConnection, 3, 1, 10, 0)),
            ],
        }).Reach(Probe.ConnectionBroken, Probe.AppendSentAgain, Probe.MessageLost);
    }

    [Fact]
    public void Messages_of_terms_long_gone_change_nothing()
    {
        SimulationResult result = (Base with
        {
            Faults =
            [
                new PlannedFault(500, FaultKind.Replay, 0, 0, 7_000, 400),
                .. Every(1_000, at => new PlannedFault(at, FaultKind.Kill, 0, 0, 200, 0)),
            ],
        }).Reach(Probe.MessageReplayed, Probe.MessageOfEarlierTerm, Probe.MessageOfLongAgoTerm);

        Assert.True(result.Elections >= 4);
    }

    [Fact]
    public void A_write_that_is_sent_again_after_its_answer_got_lost_is_executed_once_across_leaders_and_restarts()
    {
        (Base with
        {
            Config = Base.Config with { CheckpointLogBytes = 512, TrailingEntries = 0, Clients = 16 },
            Faults =
            [
                new PlannedFault(500, FaultKind.Loss, 0, 0, 7_000, 150),
                .. Every(1_000, at => new PlannedFault(at, FaultKind.Kill, 0, 0, 100, 0)),
            ],
        }).Reach(Probe.ForwardedWriteLost, Probe.SessionReplay, Probe.SessionReplayInLaterTerm,
            Probe.SessionReplayAfterRestore);
    }

    [Fact]
    public void Answers_that_leave_together_reach_each_its_own_client()
    {
        (Base with
        {
            Config = Base.Config with { Clients = 32, OperationsPerSecond = 1_000, FlushMicroseconds = 5_000,
                SafetyMilliseconds = 4_000 },
            Faults = [new PlannedFault(1_000, FaultKind.Kill, 0, 0, 200, 0)],
        }).Reach(Probe.AnswersTogether, Probe.WriteForwarded, Probe.BatchOfManyEntries);
    }

    [Fact]
    public void A_write_whose_leader_is_lost_is_never_called_failed_and_may_be_found_executed()
    {
        (Base with
        {
            Config = Base.Config with { Clients = 16, RegisterKeys = 64, FlushMicroseconds = 20_000 },
            Faults = [.. Every(1_500, at => new PlannedFault(at, FaultKind.Kill, 0, 0, 300, 0))],
        }).Reach(Probe.WriteIndeterminate, Probe.UnknownWriteSeen);
    }

    [Fact]
    public void A_follower_that_is_far_behind_holds_nobody_up_and_comes_back()
    {
        Script script = Base with
        {
            Config = Base.Config with { OperationsPerSecond = 400, InflightMessagesMax = 2, AppendEntriesMax = 2 },
        };
        SimulationResult result = (script with
        {
            Faults = [new PlannedFault(2_000, FaultKind.StalledDisk, script.FollowerAt(2_000), 0, 4_000, 0)],
        }).Run();

        Assert.True(result.Probes[Probe.CommittedWithoutSlowFollower] > 0);
        Assert.True(Script.Succeeded(result, 2_500, 6_000, operation => operation.IsWrite) > 20);
    }

    private static IEnumerable<PlannedFault> Every(long milliseconds, Func<long, PlannedFault> fault)
    {
        for (long at = milliseconds; at < 7_000; at += milliseconds)
        {
            yield return fault(at);
        }
    }
}
