namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Makes a failing run small: fewer nodes, faults, clients, operations, less time, usual settings, as long as
/// it fails with the same signature.</summary>
internal static class Shrinker
{
    private const int RoundsMax = 8;
    private const long EventsMaxAlone = 20_000_000;

    private static readonly Func<ShrinkSearch, SimulationConfig, ShrinkOptions, bool>[] Relatives =
        [SmallDraws.Run, OtherDraws.Run];

    /// <summary>Shrinks a run that failed. The result depends on the arguments alone, unless time is limited.</summary>
    /// <param name="failed">What came of the run.</param>
    /// <param name="options">How far; null for the defaults.</param>
    /// <param name="run">Runs a case; null for <see cref="SimulationRun"/>.</param>
    /// <exception cref="ArgumentException">The run has not failed.</exception>
    public static ShrinkResult Shrink(
        SimulationResult failed, ShrinkOptions? options = null, Func<SimulationCase, SimulationResult>? run = null)
    {
        options ??= new ShrinkOptions();
        run ??= static smaller => SimulationRun.Execute(smaller);
        ShrinkSearch search = new(run, options, failed);
        if (search.Best.Calls is null && !search.Try(failed.Scripted())
            && !search.Try(failed.Scripted(withWaiting: true)))
        {
            // The same operations at the same times ran differently: there is nothing to hold on to but its kind.
            if (Relatives.Any(draws => draws(search, failed.Config, options)))
            {
                Reduce(search, options);
            }

            return new ShrinkResult(search.Result, search.Runs);
        }

        // A run that stays large takes long: the rest of the time is for its small relatives.
        search.EventsMax = EventsMaxAlone;
        search.RunsMax = options.RunsMax * 3 / 4;
        Reduce(search, options);
        search.EventsMax = long.MaxValue;
        search.RunsMax = options.RunsMax;
        foreach (Func<ShrinkSearch, SimulationConfig, ShrinkOptions, bool> draws in Relatives)
        {
            if (!IsSmall(search.Best, options))
            {
                ReduceRelative(search, failed.Config, options, draws);
            }
        }

        Reduce(search, options);
        return new ShrinkResult(search.Result, search.Runs);
    }

    // Keeps what is smaller.
    private static void ReduceRelative(
        ShrinkSearch search, SimulationConfig origin, ShrinkOptions options,
        Func<ShrinkSearch, SimulationConfig, ShrinkOptions, bool> draws)
    {
        SimulationResult first = search.Result;
        if (draws(search, origin, options))
        {
            Reduce(search, options);
            if (Weight(search.Best, options).CompareTo(Weight(first.Case, options)) > 0)
            {
                search.GoBack(first);
            }
        }
    }

    private static void Reduce(ShrinkSearch search, ShrinkOptions options)
    {
        for (int round = 0; round < RoundsMax && !search.IsOver; round++)
        {
            SimulationCase before = search.Best;
            search.OtherSeeds = round > 0 && !IsSmall(before, options) ? 3 : 0;
            TimeReduction.Cut(search);
            NodeReduction.Run(search);
            FaultReduction.Run(search);
            TimeReduction.Cut(search);
            CallReduction.Run(search, options.CallsWanted);
            if (search.Best.Calls!.Count > options.CallsWanted && SettingReduction.Tighten(search))
            {
                CallReduction.Run(search, options.CallsWanted);
            }

            SettingReduction.Run(search);
            TimeReduction.Run(search);
            FaultReduction.Weaken(search);
            if (search.Best == before)
            {
                break;
            }
        }

        search.OtherSeeds = 0;
    }

    private static bool IsSmall(SimulationCase run, ShrinkOptions options) =>
        run.Config.Nodes <= options.NodesWanted && run.Plan.Faults.Count <= options.FaultsWanted
        && run.Calls!.Count <= options.CallsWanted;

    // What is within the aims weighs less than what is beyond them, whatever its kind.
    private static (int Beyond, int Nodes, int Parts) Weight(SimulationCase run, ShrinkOptions options) => (
        Beyond(run.Config.Nodes, options.NodesWanted) + Beyond(run.Plan.Faults.Count, options.FaultsWanted)
            + Beyond(run.Calls!.Count, options.CallsWanted),
        run.Config.Nodes,
        run.Plan.Faults.Count + run.Calls!.Count);

    private static int Beyond(int count, int wanted) => Math.Max(0, count - wanted);
}
