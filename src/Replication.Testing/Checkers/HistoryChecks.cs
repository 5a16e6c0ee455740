using Replication.Testing.Checkers.Counters;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Checkers.Linearizability.Models;
using Replication.Testing.Checkers.Logs;
using Replication.Testing.Checkers.Replicas;
using Replication.Testing.Checkers.Sessions;
using Replication.Testing.Checkers.Transactions;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers;

/// <summary>The checks that a tool offers, by name of their model.</summary>
/// <remarks>Not safe for changes while another thread checks.</remarks>
public sealed class HistoryChecks
{
    private readonly SortedDictionary<string, Func<History, HistoryCheckOptions, Verdict>> _checks =
        new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="HistoryChecks"/> class, with a check of linearizability
    /// for each of <see cref="LinearizabilityModels"/>, and "list-append", "rw-register", "session" and
    /// "replicas".</summary>
    /// <remarks>
    /// The consistency of "list-append" and "rw-register" is one of <see cref="TransactionCheck.Models"/>. That of
    /// "session", and besides linearizable that of "register" and "cas-register", is causal, consistent-prefix,
    /// monotonic-prefix, monotonic-reads, monotonic-writes, read-your-writes, writes-follow-reads, or a bound such as
    /// bounded-staleness:5 (writes) or bounded-staleness:250ms (age). Besides linearizable "log" has contiguity, and
    /// "counter" has exactly-once. "replicas" has convergence.
    /// </remarks>
    public HistoryChecks()
    {
        foreach (Model model in LinearizabilityModels.All)
        {
            Add(model.Name, (history, options) => CheckLinearizability(history, model, options));
        }

        TransactionCheck.AddTo(this);
        SessionCheck.AddTo(this);
        Add("replicas", (history, options) => options.Consistency is null or "convergence"
            ? ReplicaCheck.Convergence(history)
            : throw Unknown("replicas", "convergence", options));
    }

    /// <summary>Gets the names of the models, in ordinal order.</summary>
    public IReadOnlyCollection<string> Models => _checks.Keys;

    /// <summary>Adds a model.</summary>
    /// <param name="model">Its name, such as "cas-register".</param>
    /// <param name="check">Judges a history by it.</param>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public void Add(string model, Func<History, HistoryCheckOptions, Verdict> check)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(check);
        _checks.Add(model, check);
    }

    /// <summary>Judges a history.</summary>
    /// <param name="history">The history.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentException">There is no such model, or it has no such consistency.</exception>
    public Verdict Check(History history, string model, HistoryCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentException.ThrowIfNullOrEmpty(model);
        return _checks.TryGetValue(model, out Func<History, HistoryCheckOptions, Verdict>? check)
            ? check(history, options ?? new HistoryCheckOptions())
            : throw new ArgumentException(
                $"There is no model \"{model}\". There are: {string.Join(", ", Models)}.", nameof(model));
    }

    /// <summary>Judges a file of JSON lines as a console tool does.</summary>
    /// <param name="path">The file; see <see cref="HistoryReader"/>.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="initial">JSON of the initial value, or a bare word; null for the model's own.</param>
    /// <param name="consistency">The name of the consistency model; null for the strongest.</param>
    /// <param name="output">Takes the verdict: first <c>valid: true</c>, <c>valid: false</c> or
    /// <c>valid: unknown</c>, then the reason.</param>
    /// <returns>The exit code: 0 for valid, 1 for invalid, 2 for unknown, which includes a file that can't be read
    /// and a model that there isn't.</returns>
    public int CheckFile(string path, string model, string? initial, string? consistency, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Verdict verdict;
        try
        {
            HistoryCheckOptions options = new()
            {
                Initial = initial is null ? null : ParseInitial(initial),
                Consistency = consistency,
            };
            verdict = Check(HistoryReader.ReadFile(path), model, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException
            or ArgumentException)
        {
            verdict = Verdict.Unknown($"Not checked. {e.Message}");
        }

        output.WriteLine(verdict);
        return verdict.Validity switch
        {
            Validity.Valid => 0,
            Validity.Invalid => 1,
            _ => 2,
        };
    }

    private static Verdict CheckLinearizability(History history, Model model, HistoryCheckOptions options)
    {
        if (options.Consistency is not (null or "linearizable"))
        {
            return CheckWeaker(history, model, options);
        }

        if (model is RegisterModel register && options.Initial is { IsNull: false })
        {
            model = register.WithoutReadsOfNull;
        }

        return LinearizabilityChecker.Check(
            history, model, new LinearizabilityOptions { Initial = options.Initial });
    }

    private static Verdict CheckWeaker(History history, Model model, HistoryCheckOptions options) =>
        (model, options.Consistency) switch
        {
            (RegisterModel, _) => SessionCheck.Named(history, options),
            (LogModel, "contiguity") => LogCheck.Contiguity(history),
            (LogModel, _) => throw Unknown(model.Name, "linearizable and contiguity", options),
            (CounterModel, "exactly-once") => CounterCheck.ExactlyOnce(history),
            (CounterModel, _) => throw Unknown(model.Name, "linearizable and exactly-once", options),
            _ => throw Unknown(model.Name, "linearizable", options),
        };

    private static ArgumentException Unknown(string model, string known, HistoryCheckOptions options) =>
        new($"The model {model} is checked for {known}, not for {options.Consistency}.", nameof(options));

    /// <summary>Takes what a shell makes of a quoted JSON text, too: the bare word.</summary>
    private static HistoryValue ParseInitial(string initial)
    {
        try
        {
            return HistoryValue.Parse(initial);
        }
        catch (FormatException)
        {
            return HistoryValue.FromText(initial);
        }
    }
}
