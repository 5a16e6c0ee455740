using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Cuts the run after its failure, and takes out time in which nothing is planned.</summary>
internal static class TimeReduction
{
    private const long Millisecond = 1_000_000;
    private const long GapMillisecondsMin = 20;
    private const int MomentsMax = 60;

    /// <summary>Leaves out what had not begun when the run failed.</summary>
    public static void Cut(ShrinkSearch search)
    {
        SimulationCase best = search.Best;
        HashSet<long> begun = [.. search.Result.Operations.Select(record => record.Plan.Number)];
        long end = (search.Result.Violation!.AtNanoseconds / Millisecond) + 1;
        search.Try(new SimulationCase(
            best.Config with { SafetyMilliseconds = Math.Min(best.Config.SafetyMilliseconds, end) },
            new FaultPlan(best.Plan.Faults.Where(fault => fault.AtMilliseconds <= end)),
            [.. best.Calls!.Where(call => begun.Contains(call.Number)
                || (call.Kind == OperationKind.Wait && call.AtNanoseconds <= end * Millisecond))]));
    }

    public static void Run(ShrinkSearch search)
    {
        Cut(search);

        // The end of the faults, if the failure comes after it.
        foreach (long after in new long[] { 50, 500, 2_000 })
        {
            long last = Moments(search.Best).DefaultIfEmpty(0).Max() + after;
            if (last < search.Best.Config.SafetyMilliseconds
                && search.Try(search.Best.With(search.Best.Config with { SafetyMilliseconds = last })))
            {
                break;
            }
        }

        for (int i = 0; i < 6 && search.Try(Moved(search.Best, moment => moment / 2)); i++)
        {
            Cut(search);
        }

        CloseGaps(search);
    }

    // From the last gap to the first: closing one moves everything behind it.
    private static void CloseGaps(ShrinkSearch search)
    {
        long[] moments = Moments(search.Best);
        if (moments.Length > MomentsMax)
        {
            return;
        }

        for (int i = moments.Length - 1; i >= 0 && !search.IsOver; i--)
        {
            long before = i == 0 ? 0 : moments[i - 1];
            long moment = moments[i];
            foreach (long part in new long[] { 1, 2, 4 })
            {
                long saved = ((moment - before) / part) - (part == 1 ? GapMillisecondsMin : 0);
                if (saved >= GapMillisecondsMin
                    && search.Try(Moved(search.Best, time => time >= moment ? time - saved : time)))
                {
                    break;
                }
            }
        }
    }

    private static long[] Moments(SimulationCase run) =>
    [
        .. run.Plan.Faults.Select(fault => fault.AtMilliseconds)
            .Concat(run.Calls!.Select(call => call.AtNanoseconds / Millisecond))
            .Distinct().Order(),
    ];

    // The part of a call's time below a millisecond stays.
    private static SimulationCase Moved(SimulationCase run, Func<long, long> move) => new(
        run.Config,
        new FaultPlan(run.Plan.Faults.Select(fault => fault with { AtMilliseconds = move(fault.AtMilliseconds) })),
        [
            .. run.Calls!.Select(call => call with
            {
                AtNanoseconds = (move(call.AtNanoseconds / Millisecond) * Millisecond)
                    + (call.AtNanoseconds % Millisecond),
            }),
        ]);
}
