using System.Diagnostics;
using System.Globalization;
using System.Text;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>The proof, for people to read, that the operations of one object have no linearization.</summary>
/// <remarks>
/// The search is run again without looking ahead, so that it gets as far as the history can be explained. What it can't
/// pass is then the first return that makes the history wrong. Where that takes too long, the place is shown at which
/// looking ahead stopped; it may lie earlier.
/// </remarks>
internal sealed class Explanation
{
    private const int ConfigurationsMax = 200_000;
    private const int AttemptsShown = 5;
    private const int StepsShown = 8;
    private const int ConcurrentShown = 12;

    private readonly HistoryValue _key;
    private readonly ObjectHistory _history;
    private readonly Model _model;
    private readonly LinearizabilityOptions _options;
    private bool _looksAhead;

    public Explanation(HistoryValue key, ObjectHistory history, Model model, LinearizabilityOptions options)
    {
        _key = key;
        _history = history;
        _model = model;
        _options = options;
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Not linearizable by the model {_model.Name}: object {_key}, ");
        text.Append(CultureInfo.InvariantCulture, $"{_history.Operations.Count} operations.");
        int stuck = Furthest();
        AppendStuck(text, stuck);
        AppendAttempts(text, stuck);
        AppendReduced(text, stuck);
        return text.ToString();
    }

    private Search NewSearch(out Machine machine)
    {
        machine = _model.Compile(_history.Operations, _options.Initial, _looksAhead);
        long configurationsMax = _looksAhead ? _options.ConfigurationsMax : ConfigurationsMax;
        return new Search(_history, machine, new SearchBudget(_options, configurationsMax, started: null));
    }

    private int Furthest()
    {
        Search search = NewSearch(out _);
        SearchOutcome outcome = search.Run();
        if (outcome == SearchOutcome.OutOfBudget)
        {
            _looksAhead = true;
            search = NewSearch(out _);
            outcome = search.Run();
        }

        return outcome == SearchOutcome.NotLinearizable
            ? search.Furthest
            : throw new UnreachableException($"One search says that object {_key} is not linearizable, one does not.");
    }

    private void AppendStuck(StringBuilder text, int stuck)
    {
        Operation operation = _history.Operations[_history.Returns[stuck]];
        text.Append(_looksAhead
            ? "\nA search that looks ahead can't pass the return of"
            : $"\nUp to event #{operation.CompletionIndex - 1} it is; no order explains the return of");
        text.Append(CultureInfo.InvariantCulture, $"\n  {operation}");
        string[] concurrent =
        [
            .. Enumerable.Range(0, _history.CallsBefore[stuck])
                .Where(i => _history.ReturnRank[i] > stuck)
                .Select(i => $"\n  {_history.Operations[i]}"),
        ];
        if (concurrent.Length > 0)
        {
            text.Append("\nUnder way at that moment:").AppendJoin("", concurrent.TakeLast(ConcurrentShown));
            AppendRest(text, concurrent.Length - ConcurrentShown, "more, called earlier");
        }
    }

    private void AppendAttempts(StringBuilder text, int stuck)
    {
        Search search = NewSearch(out Machine machine);
        SortedDictionary<string, int> states = new(StringComparer.Ordinal);
        int[] longest = [];
        search.OnConfiguration = path =>
        {
            if (path.Returned == stuck)
            {
                string state = machine.Describe(path.State);
                states[state] = states.GetValueOrDefault(state) + 1;
                longest = path.Count > longest.Length ? path.Order.ToArray() : longest;
            }
        };
        search.Run();
        if (longest.Length == 0 && states.Count == 0)
        {
            text.Append("\nFrom the initial value no order leads to what was read.");
            return;
        }

        text.Append("\nStates that the attempts reached there, with how many of each:");
        foreach ((string state, int count) in states.Take(AttemptsShown))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {state} ({count})");
        }

        AppendRest(text, states.Count - AttemptsShown, "other states");
        text.Append(CultureInfo.InvariantCulture, $"\nThe longest attempt, {longest.Length} operations, ends with:");
        AppendSteps(text, machine, longest);
    }

    private void AppendSteps(StringBuilder text, Machine machine, int[] order)
    {
        int state = machine.Initial;
        if (order.Length <= StepsShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {machine.Describe(state)} at first");
        }

        for (int i = 0; i < order.Length; i++)
        {
            state = machine.Step(state, order[i]);
            if (i >= order.Length - StepsShown)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\n  {machine.Describe(state)} after {_history.Operations[order[i]]}");
            }
        }
    }

    private void AppendReduced(StringBuilder text, int stuck)
    {
        long until = _history.Operations[_history.Returns[stuck]].CompletionIndex;
        IReadOnlyList<Operation> core = new Reduction(_model, _options).Of(_history.Operations, until);
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nThese {core.Count} operations alone have no order either (between the first and the last ")
            .Append(CultureInfo.InvariantCulture, $"{Math.Max(0, WithinWindow(core, until) - core.Count)} others):");
        text.AppendJoin("", core.Take(ConcurrentShown).Select(o => $"\n  {o}"));
        AppendRest(text, core.Count - ConcurrentShown, "more");
    }

    private int WithinWindow(IReadOnlyList<Operation> core, long until)
    {
        long from = core.Min(o => o.InvocationIndex);
        return _history.Operations.Count(o => o.InvocationIndex <= until && o.CompletionIndex >= from);
    }

    private static void AppendRest(StringBuilder text, int rest, string what)
    {
        if (rest > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {rest} {what}");
        }
    }
}
