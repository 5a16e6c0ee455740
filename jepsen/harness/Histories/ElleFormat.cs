using System.Globalization;
using System.Text;
using Replication.Testing.Histories;

namespace Harness.Histories;

/// <summary>Histories for Elle and Knossos: EDN, one map a line. The first item of a step of a transaction is a
/// keyword.</summary>
internal static class ElleFormat
{
    /// <summary>Writes a history.</summary>
    public static void Write(History history, TextWriter output)
    {
        IEnumerable<HistoryEvent> events = history.Operations
            .SelectMany(operation => new[] { operation.Invocation, operation.Completion })
            .OfType<HistoryEvent>()
            .OrderBy(observed => observed.Index);
        foreach (HistoryEvent observed in events)
        {
            string key = observed.Key.IsNull ? "" : $", :key {Edn(observed.Key, isStep: false)}";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{{:index {observed.Index}, :time {observed.Time ?? 0}, :type "
                + $":{observed.Type.ToString().ToLowerInvariant()}, :process {observed.Process}, "
                + $":f :{observed.F}{key}, :value {Edn(observed.Value, isStep: false)}}}"));
        }
    }

    private static string Edn(HistoryValue value, bool isStep)
    {
        if (!value.IsList)
        {
            return value.IsNull ? "nil" : isStep && value.IsText ? $":{value.Text}" : value.ToString();
        }

        StringBuilder items = new("[");
        for (int i = 0; i < value.Items.Length; i++)
        {
            items.Append(i > 0 ? " " : "").Append(Edn(value.Items[i], isStep: i == 0));
        }

        return items.Append(']').ToString();
    }
}
