namespace Replication.Storage.Engine.Tree;

/// <summary>Walks the keys below one root in order.</summary>
internal struct TreeCursor
{
    private readonly TreeBranch?[] _branches;
    private readonly int[] _indexes;
    private int _depth;
    private TreeLeaf? _leaf;
    private int _index;

    /// <summary>Stands before the first key that is not below a bound.</summary>
    public TreeCursor(TreeNode root, ReadOnlySpan<byte> from)
    {
        _branches = new TreeBranch?[24];
        _indexes = new int[24];
        TreeNode node = root;
        while (node is TreeBranch branch)
        {
            int index = branch.IndexOf(from);
            _branches[_depth] = branch;
            _indexes[_depth] = index;
            _depth++;
            node = branch[index];
        }

        _leaf = (TreeLeaf)node;
        int at = _leaf.IndexOf(from);
        _index = (at < 0 ? ~at : at) - 1;
    }

    /// <summary>Gets the newest version of the key it stands on.</summary>
    public readonly KeyVersion Current => _leaf![_index];

    /// <summary>Goes to the next key.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        _index++;
        while (_leaf is not null && _index >= _leaf.Count)
        {
            _leaf = NextLeaf();
            _index = 0;
        }

        return _leaf is not null;
    }

    private TreeLeaf? NextLeaf()
    {
        while (_depth > 0)
        {
            TreeBranch branch = _branches[_depth - 1]!;
            int index = ++_indexes[_depth - 1];
            if (index < branch.Count)
            {
                return FirstLeaf(branch[index]);
            }

            _depth--;
        }

        return null;
    }

    private TreeLeaf FirstLeaf(TreeNode node)
    {
        while (node is TreeBranch branch)
        {
            _branches[_depth] = branch;
            _indexes[_depth] = 0;
            _depth++;
            node = branch[0];
        }

        return (TreeLeaf)node;
    }
}
