using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Looks for few operations that already have no linearization.</summary>
/// <remarks>
/// Leaves out only what a model calls removable: groups without which a linearizable history stays so. Hence what
/// remains convicts the whole. Delta debugging (Zeller 1999), coarse to fine; stops when it has looked at
/// enough operations, so the result is small but not always minimal.
/// </remarks>
internal sealed class Reduction(Model model, LinearizabilityOptions options)
{
    private const int ConfigurationsMaxOfOne = 20_000;
    private const long ConfigurationsMax = 200_000;
    private const long OperationsMax = 3_000_000;

    private long _operations;
    private long _configurations;

    /// <summary>Reduces the history up to an event: what returned later counts as of unknown outcome.</summary>
    public IReadOnlyList<Operation> Of(IReadOnlyList<Operation> operations, long until)
    {
        List<Operation> kept =
        [
            .. operations.Where(o => o.InvocationIndex <= until)
                .Select(o => o.CompletionIndex <= until ? o : new Operation(o.Invocation)),
        ];
        kept = model.Relevant(kept);
        bool isSmaller = true;
        while (isSmaller && IsWithinBudget)
        {
            int before = kept.Count;
            List<List<int>> groups = model.Removable(kept);
            for (int size = Math.Max(1, groups.Count / 2); size > 0 && IsWithinBudget; size /= 2)
            {
                kept = WithoutChunks(kept, model.Removable(kept), size);
            }

            isSmaller = kept.Count < before;
        }

        return kept;
    }

    private bool IsWithinBudget => _operations < OperationsMax && _configurations < ConfigurationsMax;

    private List<Operation> WithoutChunks(List<Operation> operations, List<List<int>> groups, int size)
    {
        HashSet<int> left = [];
        for (int start = 0; start < groups.Count && IsWithinBudget; start += size)
        {
            List<int> chunk = [.. groups.Skip(start).Take(size).SelectMany(g => g).Where(left.Add)];
            if (!IsBroken(operations, left))
            {
                left.ExceptWith(chunk);
            }
        }

        return [.. operations.Where((_, i) => !left.Contains(i))];
    }

    private bool IsBroken(List<Operation> operations, HashSet<int> left)
    {
        List<Operation> rest = model.Relevant([.. operations.Where((_, i) => !left.Contains(i))]);
        _operations += operations.Count;
        ObjectHistory history = new(rest);
        Machine machine = model.Compile(rest, options.Initial, looksAhead: true);
        SearchBudget budget = new(options, ConfigurationsMaxOfOne, started: null);
        bool isBroken = new Search(history, machine, budget).Run() == SearchOutcome.NotLinearizable;
        _configurations += budget.Configurations;
        return isBroken;
    }
}
