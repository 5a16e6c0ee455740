using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Leaves out operations and clients, and makes what is left plainer.</summary>
internal static class CallReduction
{
    public static void Run(ShrinkSearch search, int wanted)
    {
        foreach (int client in search.Best.Calls!.Select(call => call.Client).Distinct().Order().ToArray())
        {
            IReadOnlyList<PlannedCall> others = [.. search.Best.Calls!.Where(call => call.Client != client)];
            if (others.Count < search.Best.Calls!.Count)
            {
                search.Try(search.Best.With(others));
            }
        }

        Removal.KeepParts(search, wanted, run => run.Calls!, (run, calls) => run.With(calls));
        Removal.Run(search, run => run.Calls!, (run, calls) => run.With(calls));
        NumberClientsAnew(search);
        MergeClients(search);
        Simplify(search);
    }

    private static void NumberClientsAnew(ShrinkSearch search)
    {
        int[] used = [.. search.Best.Calls!.Select(call => call.Client).Distinct().Order()];
        SimulationCase best = search.Best;
        search.Try(new SimulationCase(
            best.Config with { Clients = Math.Max(1, used.Length) }, best.Plan,
            [.. best.Calls!.Select(call => call with { Client = Array.IndexOf(used, call.Client) })]));
    }

    private static void MergeClients(ShrinkSearch search)
    {
        while (search.Best.Config.Clients > 1 && TryMergeLast(search))
        {
        }
    }

    private static bool TryMergeLast(ShrinkSearch search)
    {
        SimulationCase best = search.Best;
        int last = best.Config.Clients - 1;
        for (int to = 0; to < last; to++)
        {
            if (search.Try(new SimulationCase(
                best.Config with { Clients = last },
                best.Plan,
                [.. best.Calls!.Select(call => call.Client == last ? call with { Client = to } : call)])))
            {
                return true;
            }
        }

        return false;
    }

    private static void Simplify(ShrinkSearch search)
    {
        search.Try(search.Best.With([.. search.Best.Calls!.Select(call => call with { InSession = false })]));
        for (int i = 0; i < search.Best.Calls!.Count && !search.IsOver; i++)
        {
            for (int step = search.Best.Calls![i].Steps.Count - 1; step >= 0 && search.Best.Calls![i].Steps.Count > 1;
                step--)
            {
                IReadOnlyList<ListStep> steps = search.Best.Calls![i].Steps;
                Replace(search, i, call => call with { Steps = [.. steps.Where((_, place) => place != step)] });
            }

            if (search.Best.Calls![i].Kind == OperationKind.CompareAndSet)
            {
                Replace(search, i, call => call with { Kind = OperationKind.Write, Expected = 0 });
            }

            if (search.Best.Calls![i].InSession)
            {
                int client = search.Best.Calls![i].Client;
                search.Try(search.Best.With([.. search.Best.Calls!.Select(
                    call => call.Client == client ? call with { InSession = false } : call)]));
            }
        }
    }

    private static void Replace(ShrinkSearch search, int place, Func<PlannedCall, PlannedCall> change) =>
        search.Try(search.Best.With(
            [.. search.Best.Calls!.Select((call, i) => i == place ? change(call) : call)]));
}
