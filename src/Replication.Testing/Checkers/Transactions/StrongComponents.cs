namespace Replication.Testing.Checkers.Transactions;

/// <summary>Strongly connected components, by Tarjan's algorithm without recursion.</summary>
internal static class StrongComponents
{
    /// <summary>Gives the successors of a node, one by one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cursor">0 at first; the callee moves it on.</param>
    /// <returns>The next successor, or -1.</returns>
    internal delegate int NextSuccessor(int node, ref int cursor);

    /// <summary>Finds the components of more than one node, and single nodes with an edge to themselves.</summary>
    /// <param name="count">The number of nodes.</param>
    /// <param name="next">The edges.</param>
    /// <returns>The nodes of each, by rising number.</returns>
    public static List<int[]> Find(int count, NextSuccessor next)
    {
        List<int[]> components = [];
        int[] number = new int[count];
        int[] low = new int[count];
        int[] cursor = new int[count];
        bool[] isOpen = new bool[count];
        bool[] isOwnSuccessor = new bool[count];
        Stack<int> path = [];
        Stack<int> open = [];
        int numbered = 0;
        for (int root = 0; root < count; root++)
        {
            if (number[root] != 0)
            {
                continue;
            }

            path.Push(root);
            while (path.TryPeek(out int node))
            {
                if (number[node] == 0)
                {
                    number[node] = low[node] = ++numbered;
                    isOpen[node] = true;
                    open.Push(node);
                }

                int successor = next(node, ref cursor[node]);
                if (successor >= 0)
                {
                    isOwnSuccessor[node] |= successor == node;
                    if (number[successor] == 0)
                    {
                        path.Push(successor);
                    }
                    else if (isOpen[successor])
                    {
                        low[node] = Math.Min(low[node], number[successor]);
                    }

                    continue;
                }

                path.Pop();
                if (path.TryPeek(out int parent))
                {
                    low[parent] = Math.Min(low[parent], low[node]);
                }

                if (low[node] == number[node])
                {
                    int[] component = Close(node, open, isOpen);
                    if (component.Length > 1 || isOwnSuccessor[node])
                    {
                        components.Add(component);
                    }
                }
            }
        }

        return components;
    }

    /// <summary>Finds the components of a graph with some labels only.</summary>
    public static List<int[]> Find(DependencyGraph graph, Dependency labels) =>
        Find(graph.Count, (int node, ref int cursor) =>
        {
            ReadOnlySpan<int> targets = graph.Targets(node);
            ReadOnlySpan<Dependency> edgeLabels = graph.Labels(node);
            while (cursor < targets.Length)
            {
                int edge = cursor++;
                if ((edgeLabels[edge] & labels) != 0)
                {
                    return targets[edge];
                }
            }

            return -1;
        });

    private static int[] Close(int node, Stack<int> open, bool[] isOpen)
    {
        List<int> component = [];
        int member;
        do
        {
            member = open.Pop();
            isOpen[member] = false;
            component.Add(member);
        }
        while (member != node);

        component.Sort();
        return [.. component];
    }
}
