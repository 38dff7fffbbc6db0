using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using JellyBean.Workflows.Graph;

namespace JellyBean.Workflows;

/// <summary>Hashes what two nodes must agree on before elements may pass between them.</summary>
internal static class WorkflowFingerprint
{
    public static string Of(Workflow workflow)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"workflow {workflow.Name}\n");
        var schemas = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var builds = new SortedSet<string>(StringComparer.Ordinal) { Build(typeof(Workflow).Module) };
        foreach (var op in workflow.Operators)
        {
            text.Append(CultureInfo.InvariantCulture, $"{op.Id} {op.Kind} from [{string.Join(' ', op.Inputs)}] pin {op.Pin?.Name ?? "-"} {op.Definition}\n");
            Describe(op.ElementType, schemas);
            if (op is ExpandOperator expand)
            {
                Describe(expand.KeptType, schemas);
            }

            builds.UnionWith(op.Functions.Select(f => Build(f.Method.Module)));
        }

        foreach (var (type, schema) in schemas)
        {
            text.Append(CultureInfo.InvariantCulture, $"type {type} {schema}\n");
        }

        text.AppendJoin('\n', builds);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static string Build(Module module) => $"build {module.Assembly.GetName().Name} {module.ModuleVersionId}";

    private static void Describe(Type type, SortedDictionary<string, string> schemas)
    {
        if (!schemas.TryAdd(type.ToString(), ""))
        {
            return;
        }

        // The framework's own types mean the same everywhere; only their arguments can be the user's.
        if (type.Module == typeof(object).Module || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
        {
            foreach (var argument in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
            {
                Describe(argument, schemas);
            }

            return;
        }

        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        schemas[type.ToString()] = string.Join(' ', properties.Select(p => $"{p.Name}:{p.PropertyType}"));
        foreach (var property in properties)
        {
            Describe(property.PropertyType, schemas);
        }
    }
}
