using System.Globalization;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>The anomalies found so far, by name, each with a few examples in words.</summary>
internal sealed class AnomalyReport
{
    private const int ExamplesMax = 3;

    private readonly SortedDictionary<string, (int Count, List<string> Examples)> _found = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _found.Keys;

    public void Add(string name, Func<string> example)
    {
        (int count, List<string> examples) = _found.GetValueOrDefault(name, (0, []));
        if (examples.Count < ExamplesMax)
        {
            examples.Add(example());
        }

        _found[name] = (count + 1, examples);
    }

    /// <summary>Tells of the anomalies of a name.</summary>
    public string Describe(string name)
    {
        (int count, List<string> examples) = _found[name];
        string more = count > examples.Count
            ? string.Create(CultureInfo.InvariantCulture, $"\n({count} cases in all)")
            : "";
        return $"{name}:\n{string.Join('\n', examples)}{more}";
    }
}
