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
        var schemas = new ElementSchemas();
        var modules = new HashSet<Module> { typeof(Workflow).Module };
        foreach (var op in workflow.Operators)
        {
            text.Append(CultureInfo.InvariantCulture, $"{op.Id} {op.Kind} from [{string.Join(' ', op.Inputs)}] pin {op.Pin?.Name ?? "-"} gives {op.ElementType} {op.Definition}\n");
            schemas.Add(op.ElementType);
            if (op is ExpandOperator expand)
            {
                schemas.Add(expand.KeptType);
            }

            if (op is InferOperator infer)
            {
                modules.UnionWith(infer.Variants.Select(v => v.GetType().Module));
            }

            modules.UnionWith(op.Functions.Select(f => f.Method.Module));
        }

        modules.UnionWith(schemas.Modules);
        foreach (var schema in schemas.Lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"type {schema}\n");
        }

        text.AppendJoin('\n', modules.Select(Build).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static string Build(Module module) => $"build {module.Assembly.GetName().Name} {module.ModuleVersionId}";
}
