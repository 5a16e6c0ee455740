using System.Text.Json;
using Replication.Testing.Histories;

namespace Harness.Histories;

/// <summary>Histories for Porcupine: JSON lines, each with the fields of its type Operation. What failed is left out; a
/// return at the largest number says that nobody knows the outcome.</summary>
internal static class PorcupineFormat
{
    /// <summary>Writes a history.</summary>
    public static void Write(History history, TextWriter output)
    {
        foreach (Operation operation in history.Operations.Where(o => o.Outcome != HistoryEventType.Fail))
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                ClientId = operation.Process,
                Input = new
                {
                    f = operation.F, key = Raw(operation.Key), argument = Raw(operation.Argument),
                },
                Call = operation.InvocationIndex,
                Output = new
                {
                    isKnown = operation.Outcome == HistoryEventType.Ok, value = Raw(operation.Result),
                },
                Return = operation.CompletionIndex,
            }));
        }
    }

    private static JsonElement Raw(HistoryValue value) =>
        JsonSerializer.Deserialize<JsonElement>(value.ToString());
}
