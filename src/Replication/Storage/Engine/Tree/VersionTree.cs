namespace Replication.Storage.Engine.Tree;

/// <summary>An ordered map from key to newest version whose roots, once sealed, never change: a B+tree that copies
/// the path it writes, once per batch.</summary>
/// <remarks>One owner writes. A sealed root is read by any thread without locks, for as long as somebody holds
/// it.</remarks>
internal sealed class VersionTree
{
    // Twelve levels of at least two children hold more keys than memory does.
    private const int DepthMax = 24;
    private const int MergeBelow = TreeNode.Capacity / 4;
    private const int MergedMax = TreeNode.Capacity * 3 / 4;

    private readonly TreeBranch[] _path = new TreeBranch[DepthMax];
    private readonly int[] _pathIndex = new int[DepthMax];
    private TreeNode _root;
    private long _batch = 1;

    /// <summary>Creates an empty tree.</summary>
    public VersionTree() => _root = new TreeLeaf(_batch);

    /// <summary>Gets the newest root, sealed or not; for the owner.</summary>
    public TreeNode Root => _root;

    /// <summary>Ends the batch: the root may be given away and is never written again.</summary>
    public TreeNode Seal()
    {
        _batch++;
        return _root;
    }

    /// <summary>Finds a key below a root.</summary>
    public static KeyVersion? Find(TreeNode root, ReadOnlySpan<byte> key)
    {
        TreeNode node = root;
        while (node is TreeBranch branch)
        {
            node = branch[branch.IndexOf(key)];
        }

        TreeLeaf leaf = (TreeLeaf)node;
        int index = leaf.IndexOf(key);
        return index < 0 ? null : leaf[index];
    }

    /// <summary>Gets the place of a key's newest version, made if it isn't there; it must be set before the next
    /// call.</summary>
    /// <param name="key">The key.</param>
    /// <param name="stored">The tree's own copy of the key.</param>
    public ref KeyVersion? Slot(ReadOnlySpan<byte> key, out byte[] stored)
    {
        TreeNode node = OwnRoot();
        while (node is TreeBranch branch)
        {
            int index = branch.IndexOf(key);
            TreeNode child = OwnChild(branch, index);
            if (child.IsFull)
            {
                child = SplitChild(branch, index, child, key);
            }

            node = child;
        }

        TreeLeaf leaf = (TreeLeaf)node;
        int at = leaf.IndexOf(key);
        if (at < 0)
        {
            at = ~at;
            leaf.Insert(at, key.ToArray());
        }

        stored = leaf.Keys[at];
        return ref leaf.Slot(at);
    }

    /// <summary>Removes a key that is there.</summary>
    public void Remove(ReadOnlySpan<byte> key)
    {
        TreeNode node = _root = _root.Own(_batch);
        int depth = 0;
        while (node is TreeBranch branch)
        {
            int index = branch.IndexOf(key);
            _path[depth] = branch;
            _pathIndex[depth] = index;
            depth++;
            node = OwnChild(branch, index);
        }

        TreeLeaf leaf = (TreeLeaf)node;
        int at = leaf.IndexOf(key);
        if (at < 0)
        {
            throw new InvalidOperationException("A key to be removed is not in the tree.");
        }

        leaf.RemoveAt(at);
        Shrink(leaf, depth);
    }

    // Splits on the way down, so that a node that gets a new child always has room for it.
    private TreeNode OwnRoot()
    {
        _root = _root.Own(_batch);
        if (!_root.IsFull)
        {
            return _root;
        }

        TreeBranch above = new(_batch, _root);
        TreeNode right = _root.Split(TreeNode.Capacity / 2);
        above.Insert(1, right.Keys[0], right);
        _root = above;
        return above;
    }

    private TreeNode OwnChild(TreeBranch branch, int index)
    {
        TreeNode child = branch[index].Own(_batch);
        branch[index] = child;
        return child;
    }

    private static TreeNode SplitChild(TreeBranch branch, int index, TreeNode child, ReadOnlySpan<byte> key)
    {
        // Keys that come in rising order fill their leaves: only the last key moves.
        bool rising = index == branch.Count - 1
            && key.SequenceCompareTo(child.Keys[child.Count - 1]) > 0;
        TreeNode right = child.Split(rising ? TreeNode.Capacity - 1 : TreeNode.Capacity / 2);
        byte[] bound = right.Keys[0];
        branch.Insert(index + 1, bound, right);
        return key.SequenceCompareTo(bound) >= 0 ? right : child;
    }

    private void Shrink(TreeNode node, int depth)
    {
        while (depth > 0)
        {
            depth--;
            TreeBranch parent = _path[depth];
            int index = _pathIndex[depth];
            _path[depth] = null!;
            if (node.Count == 0)
            {
                parent.RemoveAt(index);
            }
            else if (node.Count < MergeBelow)
            {
                MergeWithNeighbour(parent, index);
            }

            node = parent;
        }

        while (_root is TreeBranch { Count: 1 } single)
        {
            _root = single[0];
        }

        if (_root is TreeBranch { Count: 0 })
        {
            _root = new TreeLeaf(_batch);
        }
    }

    private void MergeWithNeighbour(TreeBranch parent, int index)
    {
        int left = index > 0 ? index - 1 : index;
        if (left + 1 >= parent.Count || parent[left].Count + parent[left + 1].Count > MergedMax)
        {
            return;
        }

        TreeNode target = OwnChild(parent, left);
        target.Append(parent[left + 1], parent.Keys[left + 1]);
        parent.RemoveAt(left + 1);
    }
}
