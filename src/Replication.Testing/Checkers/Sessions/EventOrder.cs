using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>The invocations and completions of a history in the order in which they were observed.</summary>
internal static class EventOrder
{
    public static IEnumerable<(Operation Operation, bool IsInvocation)> Of(History history)
    {
        List<Operation> completed = [.. history.Operations.Where(o => o.Completion is not null)];
        completed.Sort((a, b) => a.Completion!.Index.CompareTo(b.Completion!.Index));
        int next = 0;
        foreach (Operation operation in history.Operations)
        {
            for (; next < completed.Count && completed[next].Completion!.Index < operation.InvocationIndex; next++)
            {
                yield return (completed[next], false);
            }

            yield return (operation, true);
        }

        for (; next < completed.Count; next++)
        {
            yield return (completed[next], false);
        }
    }
}
