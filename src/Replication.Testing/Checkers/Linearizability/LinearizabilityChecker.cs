using Replication.Testing.Checkers.Linearizability.Models;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Checks whether the operations can be put into one order that keeps real time and that the model
/// explains.</summary>
/// <remarks>
/// An operation that failed did not happen; one of unknown outcome happened at some time after its invocation or never.
/// Time is the order of the events' indexes. May be used by several threads at once.
/// </remarks>
public static class LinearizabilityChecker
{
    // Beyond this many operations of one register zones are tried first, which need less memory.
    private const int ZonesFirstFrom = 1_000_000;

    /// <summary>Checks a history, object by object.</summary>
    /// <param name="history">The history.</param>
    /// <param name="model">What an object does; <see cref="LinearizabilityModels"/> or your own.</param>
    /// <param name="options">Initial value and caps; null for the defaults.</param>
    /// <returns>Valid; invalid with a proof of the first object that breaks; unknown if no object was found invalid and
    /// a cap was reached for one, or if no operation took effect for certain.</returns>
    /// <exception cref="ArgumentException">The model has no such operation or initial value.</exception>
    public static Verdict Check(History history, Model model, LinearizabilityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new LinearizabilityOptions();
        long? started = options.TimeMax is null
            ? null
            : (options.TimeProvider ?? TimeProvider.System).GetTimestamp();
        Verdict? unknown = null;
        int objects = 0;
        long operations = 0;
        long optional = 0;
        foreach ((HistoryValue key, List<Operation> all) in Objects.Of(history, model.PartitionOf))
        {
            // Reads that say nothing are no operations that were checked.
            List<Operation> relevant = model.Relevant(all);
            Verdict verdict = CheckObject(key, relevant, model, options, started);
            if (verdict.Validity == Validity.Invalid)
            {
                return verdict;
            }

            unknown ??= verdict.Validity == Validity.Unknown ? verdict : null;
            objects++;
            optional += all.Count(o => o.Outcome == HistoryEventType.Info);
            operations += relevant.Count(o => o.Outcome == HistoryEventType.Ok);
        }

        return unknown
            ?? (operations == 0
                ? Verdict.Unknown("No operation took effect for certain: nothing was checked.")
                : Verdict.Valid(
                    $"Linearizable by the model {model.Name}. Objects: {objects}; operations: {operations}, and "
                    + $"{optional} of unknown outcome."));
    }

    private static Verdict CheckObject(
        HistoryValue key, List<Operation> all, Model model, LinearizabilityOptions options, long? started)
    {
        bool mayUseZones = model is RegisterModel;
        HistoryValue initial = options.Initial ?? HistoryValue.Null;
        if (mayUseZones && all.Count >= ZonesFirstFrom)
        {
            Verdict zones = ZoneChecker.CheckObject(key, all, initial);
            if (zones.Validity != Validity.Unknown)
            {
                return zones;
            }
        }

        ObjectHistory history = new(all);
        Machine machine = model.Compile(history.Operations, options.Initial, looksAhead: true);
        SearchBudget budget = new(options, options.ConfigurationsMax, started);
        Search search = new(history, machine, budget);
        switch (search.Run())
        {
            case SearchOutcome.Linearizable:
                return Verdict.Valid($"Object {key} is linearizable.");
            case SearchOutcome.NotLinearizable:
                return Verdict.Invalid(new Explanation(key, history, model, options).ToString());
            default:
                Verdict zones = mayUseZones
                    ? ZoneChecker.CheckObject(key, all, initial)
                    : Verdict.Unknown("No other way is known.");
                return zones.Validity != Validity.Unknown
                    ? zones
                    : Verdict.Unknown(
                        $"Not decided by the model {model.Name}: object {key} with {history.Operations.Count} "
                        + $"operations. The search stopped {budget.Exhausted}, past "
                        + $"{search.Furthest} of {history.Returns.Length} returns. {zones.Reason}");
        }
    }
}
