using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Leaves out faults, and makes those that are left shorter and weaker.</summary>
internal static class FaultReduction
{
    private const long DurationMillisecondsMin = 10;

    public static void Run(ShrinkSearch search)
    {
        foreach (FaultKind kind in search.Best.Plan.Faults.Select(fault => fault.Kind).Distinct().ToArray())
        {
            IReadOnlyList<PlannedFault> others = [.. search.Best.Plan.Faults.Where(fault => fault.Kind != kind)];
            if (others.Count < search.Best.Plan.Faults.Count)
            {
                search.Try(search.Best.With(new FaultPlan(others)));
            }
        }

        Removal.Run(search, run => run.Plan.Faults, (run, faults) => run.With(new FaultPlan(faults)));
        Removal.RunPairs(search, run => run.Plan.Faults, (run, faults) => run.With(new FaultPlan(faults)));
    }

    /// <summary>Makes faults shorter, then weaker.</summary>
    public static void Weaken(ShrinkSearch search)
    {
        for (int i = 0; i < search.Best.Plan.Faults.Count && !search.IsOver; i++)
        {
            Lower(search, i, fault => fault.DurationMilliseconds, DurationMillisecondsMin,
                (fault, value) => fault with { DurationMilliseconds = value });
            Lower(search, i, fault => fault.Amount, search.Best.Plan.Faults[i].Amount < 0 ? -1 : 1,
                (fault, value) => fault with { Amount = value });
        }
    }

    // To the least at once; if that is too little, by halves.
    private static void Lower(
        ShrinkSearch search, int place, Func<PlannedFault, long> get, long least,
        Func<PlannedFault, long, PlannedFault> set)
    {
        long value = get(search.Best.Plan.Faults[place]);
        if (value == 0 || Math.Abs(value) <= Math.Abs(least) || TrySet(least))
        {
            return;
        }

        while (Math.Abs(value / 2) > Math.Abs(least) && TrySet(value / 2))
        {
            value /= 2;
        }

        bool TrySet(long to) => search.Try(search.Best.With(new FaultPlan(
            search.Best.Plan.Faults.Select((fault, i) => i == place ? set(fault, to) : fault))));
    }
}
