using System.Globalization;
using Xunit.Abstractions;

namespace Replication.Raft.Tests.Schedules;

/// <summary>
/// Random schedules against the rules of the paper. RAFT_SEED replays one; RAFT_SCHEDULES runs that many.
/// </summary>
public class ScheduleTests(ITestOutputHelper log)
{
    private const int ActionsPerSchedule = 1_000;
    private const ulong Schedules = 3_000;

    [Fact]
    public void No_random_schedule_breaks_a_rule_and_each_healed_cluster_makes_progress()
    {
        ulong? only = Number("RAFT_SEED");
        ulong? count = Number("RAFT_SCHEDULES");
        ScheduleCounts counts = new();
        ulong first = only ?? 1;
        ulong wanted = only is not null ? 1 : count ?? Schedules;
        for (ulong seed = first; seed < first + wanted; seed++)
        {
            Run(seed, counts);
        }

        log.WriteLine($"{wanted} schedules, {counts.Steps} steps");
        log.WriteLine(counts.ToString());
        if (only is null && count is null)
        {
            AssertNotVacuous(counts);
        }
    }

    private static void Run(ulong seed, ScheduleCounts counts)
    {
        RandomSchedule schedule;
        try
        {
            schedule = new RandomSchedule(seed);
            schedule.Run(ActionsPerSchedule);
        }
        catch (Exception violation)
        {
            throw new InvalidOperationException(
                $"Seed {seed}: {violation.Message} Replay: RAFT_SEED={seed} dotnet test tests/Replication.Raft.Tests"
                + " --filter FullyQualifiedName~ScheduleTests",
                violation);
        }

        counts.Add(schedule.Counts);
    }

    private static void AssertNotVacuous(ScheduleCounts counts)
    {
        Assert.InRange(counts.Elections, 5_000, long.MaxValue);
        Assert.InRange(counts.Commits, 30_000, long.MaxValue);
        Assert.InRange(counts.Truncations, 1_000, long.MaxValue);
        Assert.InRange(counts.Crashes, 3_000, long.MaxValue);
        Assert.InRange(counts.LostBatches, 1_000, long.MaxValue);
        Assert.InRange(counts.ConfirmedReads, 10_000, long.MaxValue);
        Assert.InRange(counts.FailedReads, 10_000, long.MaxValue);
        Assert.InRange(counts.Dropped, 10_000, long.MaxValue);
        Assert.InRange(counts.Duplicated, 1_000, long.MaxValue);
        Assert.InRange(counts.Compactions, 1_000, long.MaxValue);
        Assert.InRange(counts.Transfers, 1_000, long.MaxValue);
        Assert.InRange(counts.Shortened, 500, long.MaxValue);
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
