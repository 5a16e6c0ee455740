using System.Globalization;

namespace Replication.Testing.Histories;

/// <summary>What a client asked for and what it learned: an invocation with its completion.</summary>
public sealed class Operation
{
    private readonly HistoryEvent _invocation;
    private HistoryEvent? _completion;

    internal Operation(HistoryEvent invocation)
    {
        _invocation = invocation;
    }

    /// <summary>Gets the index of the invocation.</summary>
    public long InvocationIndex => _invocation.Index;

    /// <summary>Gets the index of the completion.</summary>
    /// <value><see cref="long.MaxValue"/> if there is none, or if its outcome is <see cref="HistoryEventType.Info"/>:
    /// the operation may take effect at any time after its invocation.</value>
    public long CompletionIndex =>
        Outcome == HistoryEventType.Info ? long.MaxValue : _completion!.Index;

    /// <summary>Gets the outcome: ok, fail, or info where there is no completion.</summary>
    public HistoryEventType Outcome => _completion?.Type ?? HistoryEventType.Info;

    /// <summary>Gets the client.</summary>
    public long Process => _invocation.Process.Number;

    /// <summary>Gets the name of the operation.</summary>
    public string F => _invocation.F;

    /// <summary>Gets the key that the operation concerns.</summary>
    public HistoryValue Key => _invocation.Key;

    /// <summary>Gets the argument.</summary>
    public HistoryValue Argument => _invocation.Value;

    /// <summary>Gets the result.</summary>
    /// <value><see cref="HistoryValue.Null"/> if there is no completion.</value>
    public HistoryValue Result => _completion?.Value ?? HistoryValue.Null;

    /// <summary>Gets the beginning.</summary>
    public HistoryEvent Invocation => _invocation;

    /// <summary>Gets the end, or null if there is none.</summary>
    public HistoryEvent? Completion
    {
        get => _completion;
        internal set => _completion = value;
    }

    /// <summary>Writes the operation for people to read.</summary>
    /// <returns>Such as <c>#4..#7 process 2: read x -> 5 (ok)</c>.</returns>
    public override string ToString()
    {
        string end = _completion is null ? "" : string.Create(CultureInfo.InvariantCulture, $"#{_completion.Index}");
        string key = Key.IsNull ? "" : $" {Key}";
        string argument = Argument.IsNull ? "" : $" {Argument}";
        string result = _completion is null || Result.Equals(Argument) ? "" : $" -> {Result}";
        string outcome = Outcome.ToString().ToLowerInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"#{InvocationIndex}..{end} process {Process}: {F}{key}{argument}{result} ({outcome})");
    }
}
