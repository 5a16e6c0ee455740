using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>The operations of a history by the object that they concern, without those that had no effect.</summary>
internal static class Objects
{
    public static IReadOnlyList<(HistoryValue Key, List<Operation> Operations)> Of(
        History history, Func<Operation, HistoryValue> objectOf)
    {
        List<(HistoryValue Key, List<Operation> Operations)> objects = [];
        Dictionary<HistoryValue, List<Operation>> byKey = [];
        foreach (Operation operation in history.Operations)
        {
            if (operation.Outcome == HistoryEventType.Fail)
            {
                continue;
            }

            HistoryValue key = objectOf(operation);
            if (!byKey.TryGetValue(key, out List<Operation>? operations))
            {
                byKey.Add(key, operations = []);
                objects.Add((key, operations));
            }

            operations.Add(operation);
        }

        return objects;
    }
}
